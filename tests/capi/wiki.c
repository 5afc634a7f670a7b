/* Sign-ups on a wiki, over the library's own transport: wiki API_URL (profile "steps"). */
#include "check.h"

static createaccount_client *client;

static void set(const char *name, const char *value)
{
    OK(createaccount_client_set_field(client, name, value, NULL));
}

static createaccount_step *submit(createaccount_step_kind_t expected)
{
    createaccount_step *step = NULL;
    createaccount_error *error = NULL;

    if (createaccount_client_submit(client, &step, &error) != CREATEACCOUNT_STATUS_OK)
        fprintf(stderr, "%s\n", createaccount_error_message(error));
    CHECK(createaccount_step_kind(step) == expected);
    return step;
}

static void questions(void)
{
    createaccount_verdict *verdict = NULL;

    OK(createaccount_client_can_create(client, &verdict, NULL));
    CHECK(createaccount_verdict_answer(verdict) == CREATEACCOUNT_ANSWER_YES);
    createaccount_verdict_free(verdict);
    OK(createaccount_client_check_username(client, "taken", &verdict, NULL));
    CHECK(createaccount_verdict_answer(verdict) == CREATEACCOUNT_ANSWER_NO);
    SAME(createaccount_verdict_code(verdict), "userexists");
    SAME(createaccount_verdict_canonical(verdict), "Taken");
    CHECK(createaccount_verdict_message(verdict) != NULL);
    createaccount_verdict_free(verdict);
    OK(createaccount_client_check_password(client, "x", NULL, &verdict, NULL));
    CHECK(createaccount_verdict_answer(verdict) == CREATEACCOUNT_ANSWER_NO);
    CHECK(createaccount_verdict_message(verdict) != NULL);
    createaccount_verdict_free(verdict);
}

static void a_failure(void)
{
    createaccount_step *step;

    begin(client);
    set("username", "Refused");
    set("stepStart", "1");
    set("stepChain", "fail");
    step = submit(CREATEACCOUNT_STEP_FAIL);
    CHECK(createaccount_step_reason(step) == CREATEACCOUNT_REASON_OTHER);
    SAME(createaccount_step_message_code(step), "steptest-refused");
    SAME(createaccount_step_message(step), "The step test refuses this account.");
    CHECK(createaccount_step_retry_after(step) == -1);
    CHECK(createaccount_step_username(step) == NULL);
    CHECK(createaccount_step_field_count(step) == 0);
    createaccount_step_free(step);
}

/* A form, a question, a visit, and another question; the client is saved and loaded on the way. */
static void several_steps(const char *api_url, const char *return_url)
{
    createaccount_config *config = createaccount_config_new();
    createaccount_step *step = NULL;
    createaccount_error *error = NULL;
    const char *state;
    uint8_t *data = NULL;
    size_t length = 0;
    char body[256];

    begin(client);
    OK(createaccount_client_use_request(client, "StepTestRequest", NULL));
    set("username", "several steps");
    set("stepStart", "1");
    REFUSED(createaccount_client_submit(client, &step,
                                        NULL)); /* the name belongs to a request that is not used */
    begin(client);
    set("username", "several steps");
    set("stepStart", "1");
    set("stepChain", "chain");
    step = submit(CREATEACCOUNT_STEP_UI);
    SAME(createaccount_step_message(step), "Please enter the code.");
    createaccount_step_free(step);

    set("code", "1234");
    step = submit(CREATEACCOUNT_STEP_REDIRECT);
    SAME(createaccount_step_return_url(step), return_url);
    CHECK(createaccount_step_catches_return(step));
    SAME(createaccount_step_redirect_data(step), "{\"purpose\":\"tests\",\"n\":1}");
    state = strstr(createaccount_step_redirect_target(step), "state=");
    CHECK(state != NULL);
    snprintf(body, sizeof body, "code=third-party-code&%s&createtoken=evil&action=evil", state);
    createaccount_step_free(step);

    OK(createaccount_client_save(client, &data, &length, NULL));
    createaccount_client_free(client);
    OK(createaccount_config_set_return_url(config, return_url, NULL));
    OK(createaccount_client_load(api_url, data, length, config, &client, NULL));
    createaccount_bytes_free(data, length);
    createaccount_config_free(config);
    CHECK(kind_of_step(client) == CREATEACCOUNT_STEP_REDIRECT);

    step = NULL;
    REFUSED(createaccount_client_resume(client, "http://127.0.0.1:9/elsewhere", NULL, 0, &step, &error));
    SAME(createaccount_error_field(error), "returned_url");
    createaccount_error_free(error);
    set("state", "guessed"); /* with nothing else that is not enough, and what comes back takes its place */
    REFUSED(createaccount_client_resume(client, return_url, NULL, 0, &step, &error));
    SAME(createaccount_error_field(error), "code");
    createaccount_error_free(error);
    OK(createaccount_client_resume(client, return_url, (const uint8_t *)body, strlen(body), &step, NULL));
    CHECK(createaccount_step_kind(step) == CREATEACCOUNT_STEP_UI);
    createaccount_step_free(step);

    OK(createaccount_client_add_choice(client, "topics", "art", NULL));
    OK(createaccount_client_add_choice(client, "topics", "a|b", NULL));
    step = submit(CREATEACCOUNT_STEP_PASS);
    SAME(createaccount_step_username(step), "Several steps");
    createaccount_step_free(step);
}

static void an_unknown_status(void)
{
    createaccount_step *step;

    begin(client);
    set("username", "Tomorrow");
    set("stepStart", "1");
    set("stepChain", "other");
    step = submit(CREATEACCOUNT_STEP_OTHER);
    SAME(createaccount_step_status(step), "TOMORROW");
    CHECK(strstr(createaccount_step_raw_json(step), "\"surprise\":{\"a\":[1,2]}") != NULL);
    createaccount_step_free(step);
}

int main(int argc, char **argv)
{
    const char *return_url = "http://127.0.0.1:9/return?path=secret";
    createaccount_config *config = createaccount_config_new();

    CHECK(argc == 2);
    OK(createaccount_config_set_return_url(config, return_url, NULL));
    OK(createaccount_client_new(argv[1], config, &client, NULL));
    createaccount_config_free(config);
    questions();
    a_failure();
    several_steps(argv[1], return_url);
    an_unknown_status();
    createaccount_client_free(client);
    return 0;
}
