/* Calls in the wrong state, and what becomes of values that were set. */
#include "check.h"

static struct canned canned = {0, 0, CANNED_PASS, false};

static void nothing_begun(void)
{
    createaccount_client *client = canned_client(&canned);
    createaccount_step *step = NULL;
    createaccount_error *error = NULL;
    uint8_t *data = NULL;
    size_t length = 0;

    TOO_EARLY(createaccount_client_set_field(client, "username", "x", &error));
    CHECK(createaccount_error_status(error) == CREATEACCOUNT_STATUS_INVALID_STATE);
    CHECK(strstr(createaccount_error_message(error), "begin") != NULL);
    createaccount_error_free(error);
    TOO_EARLY(createaccount_client_add_choice(client, "colour", "red", NULL));
    TOO_EARLY(createaccount_client_use_request(client, "PasswordRequest", NULL));
    TOO_EARLY(createaccount_client_set_unchecked(client, true, NULL));
    TOO_EARLY(createaccount_client_submit(client, &step, NULL));
    TOO_EARLY(createaccount_client_resume(client, "https://a.example/", NULL, 0, &step, NULL));
    TOO_EARLY(createaccount_client_reconcile(client, &step, NULL));
    TOO_EARLY(createaccount_client_captcha_image(client, &data, &length, NULL));
    CHECK(createaccount_client_step(client) == NULL);
    CHECK(step == NULL && data == NULL && canned.sent == 0);
    createaccount_client_cancel(client);
    createaccount_client_free(client);
}

static void unknown_names(void)
{
    createaccount_client *client = canned_client(&canned);
    createaccount_error *error = NULL;

    begin(client);
    REFUSED(createaccount_client_set_field(client, "nosuch", "x", &error));
    SAME(createaccount_error_field(error), "nosuch");
    createaccount_error_free(error);
    REFUSED(createaccount_client_add_choice(client, "nosuch", "x", NULL));
    REFUSED(createaccount_client_use_request(client, "NoSuchRequest", &error));
    SAME(createaccount_error_field(error), "requests");
    createaccount_error_free(error);
    OK(createaccount_client_use_request(client, "PasswordRequest", NULL));
    /* An extension may know it; but not what the API knows. */
    OK(createaccount_client_set_unchecked(client, true, NULL));
    OK(createaccount_client_set_field(client, "nosuch", "x", NULL));
    OK(createaccount_client_use_request(client, "NoSuchRequest", NULL));
    REFUSED(createaccount_client_set_field(client, "createtoken", "x", NULL));
    OK(createaccount_client_set_unchecked(client, false, NULL));
    REFUSED(createaccount_client_set_field(client, "nosuch", "x", NULL));
    createaccount_client_free(client);
}

/* One value is corrected; the others stay. */
static void values_are_kept(void)
{
    createaccount_client *client = canned_client(&canned);
    createaccount_step *step = NULL;
    createaccount_error *error = NULL;
    int before;

    begin(client);
    before = canned.sent;
    OK(createaccount_client_set_field(client, "username", "Canned", NULL));
    OK(createaccount_client_set_field(client, "password", "secret-10000000", NULL));
    OK(createaccount_client_set_field(client, "colour", "blue", NULL));
    REFUSED(createaccount_client_submit(client, &step, &error));
    SAME(createaccount_error_field(error), "colour");
    createaccount_error_free(error);
    CHECK(step == NULL && canned.sent == before);
    OK(createaccount_client_set_field(client, "colour", NULL, NULL));
    OK(createaccount_client_submit(client, &step, NULL));
    CHECK(createaccount_step_kind(step) == CREATEACCOUNT_STEP_PASS);
    SAME(createaccount_step_username(step), "Canned");
    CHECK(canned.sent == before + 1);
    createaccount_step_free(step);
    TOO_EARLY(createaccount_client_set_field(client, "username", "x", NULL));
    createaccount_client_free(client);
}

/* Begin drops what was set, and so does an answer that was sent; one that was not is kept. */
static void values_are_dropped(void)
{
    createaccount_client *client = canned_client(&canned);
    createaccount_step *step = NULL;
    createaccount_error *error = NULL;

    begin(client);
    OK(createaccount_client_set_field(client, "username", "Canned", NULL));
    begin(client);
    REFUSED(createaccount_client_submit(client, &step, &error));
    SAME(createaccount_error_field(error), "username");
    createaccount_error_free(error);

    canned.answer = NULL;
    canned.not_sent = true;
    OK(createaccount_client_set_field(client, "username", "Canned", NULL));
    OK(createaccount_client_set_field(client, "password", "secret-10000000", NULL));
    CHECK(createaccount_client_submit(client, &step, NULL) == CREATEACCOUNT_STATUS_CALLBACK);
    canned.answer = CANNED_PASS;
    OK(createaccount_client_submit(client, &step, NULL));
    CHECK(createaccount_step_kind(step) == CREATEACCOUNT_STEP_PASS);
    CHECK(!createaccount_step_is_login(step));
    CHECK(createaccount_step_field(step, "username") == NULL);
    createaccount_step_free(step);
    step = NULL;

    begin(client);
    REFUSED(createaccount_client_submit(client, &step, NULL));
    CHECK(step == NULL);

    OK(createaccount_client_set_field(client, "username", "Canned", NULL));
    OK(createaccount_client_set_field(client, "password", "secret-10000000", NULL));
    OK(createaccount_client_clear_answer(client, NULL));
    REFUSED(createaccount_client_submit(client, &step, &error));
    SAME(createaccount_error_field(error), "username");
    CHECK(createaccount_error_problem(error) == CREATEACCOUNT_PROBLEM_REQUIRED);
    createaccount_error_free(error);
    createaccount_client_free(client);
}

static void the_outcome_is_unknown(void)
{
    createaccount_client *client = canned_client(&canned);
    createaccount_step *step = NULL;
    createaccount_error *error = NULL;

    begin(client);
    canned.answer = NULL;
    canned.not_sent = false;
    OK(createaccount_client_set_field(client, "username", "Canned", NULL));
    OK(createaccount_client_set_field(client, "password", "secret-10000000", NULL));
    CHECK(createaccount_client_submit(client, &step, &error) == CREATEACCOUNT_STATUS_OUTCOME_UNKNOWN);
    CHECK(createaccount_error_status(error) == CREATEACCOUNT_STATUS_OUTCOME_UNKNOWN);
    CHECK(strstr(createaccount_error_message(error), "out of order") != NULL);
    createaccount_error_free(error);
    TOO_EARLY(createaccount_client_submit(client, &step, NULL));
    CHECK(step == NULL);
    canned.answer = CANNED_PASS;
    createaccount_client_free(client);
}

struct failing {
    int32_t outcome;
    int calls;
};

static int32_t failing_send(void *user_data, const createaccount_http_request *request,
                            createaccount_http_response *response)
{
    struct failing *failing = (struct failing *)user_data;

    (void)request;
    (void)response;
    failing->calls++;
    return failing->outcome;
}

/* What a transport reports; the network and time limits are worth another try, its own failure is not. */
static void transports_tell_what_failed(void)
{
    static const struct {
        int32_t outcome;
        createaccount_status_t status;
        bool again;
    } cases[] = {
        {CREATEACCOUNT_STATUS_TRANSPORT, CREATEACCOUNT_STATUS_TRANSPORT, true},
        {CREATEACCOUNT_STATUS_TIMEOUT, CREATEACCOUNT_STATUS_TIMEOUT, true},
        {CREATEACCOUNT_STATUS_CALLBACK, CREATEACCOUNT_STATUS_CALLBACK, false},
        {-1, CREATEACCOUNT_STATUS_CALLBACK, false},
    };
    size_t i;

    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct failing failing = {0, 0};
        createaccount_config *config = createaccount_config_new();
        createaccount_client *client = NULL;
        createaccount_step *step = NULL;

        failing.outcome = cases[i].outcome;
        OK(createaccount_config_set_transport(config, failing_send, &failing, NULL, NULL));
        OK(createaccount_config_set_retry_budget_ms(config, 600, NULL));
        OK(createaccount_client_new("https://wiki.example/api.php", config, &client, NULL));
        CHECK(createaccount_client_begin(client, 0, &step, NULL) == cases[i].status);
        CHECK(failing.calls == (cases[i].again ? 2 : 1));
        createaccount_client_free(client);
        createaccount_config_free(config);
    }
}

int main(void)
{
    nothing_begun();
    unknown_names();
    values_are_kept();
    values_are_dropped();
    the_outcome_is_unknown();
    transports_tell_what_failed();
    CHECK(canned.freed == 5);
    return 0;
}
