/* Captchas, logins, a list of errors, and an answer that is lost, over the library's own transport:
 * kinds FANCY QUESTY HCAPTCHA LOGIN-LINK STEPS STRICT, the API_URLs of wikis with these profiles. */
#include "check.h"

static createaccount_client *open(const char *api_url)
{
    createaccount_client *client = NULL;

    OK(createaccount_client_new(api_url, NULL, &client, NULL));
    return client;
}

static void set(createaccount_client *client, const char *name, const char *value)
{
    OK(createaccount_client_set_field(client, name, value, NULL));
}

static createaccount_step *submit(createaccount_client *client)
{
    createaccount_step *step = NULL;

    OK(createaccount_client_submit(client, &step, NULL));
    return step;
}

static void a_picture(const char *api_url)
{
    static const uint8_t png[] = {0x89, 'P', 'N', 'G'};
    createaccount_client *client = open(api_url);
    createaccount_step *step = NULL;
    const createaccount_captcha *captcha;
    uint8_t *picture = NULL;
    size_t length = 0;
    char *found = NULL;

    OK(createaccount_find_api(api_url, NULL, &found, NULL));
    SAME(found, api_url);
    createaccount_string_free(found);
    OK(createaccount_client_begin(client, 0, &step, NULL));
    CHECK(createaccount_field_type(createaccount_step_field(step, "password")) ==
          CREATEACCOUNT_FIELD_TYPE_PASSWORD);
    CHECK(createaccount_step_field(step, "nosuch") == NULL && createaccount_step_field(step, NULL) == NULL);
    captcha = createaccount_step_captcha(step);
    CHECK(createaccount_captcha_kind(captcha) == CREATEACCOUNT_CAPTCHA_IMAGE);
    SAME(createaccount_captcha_text(captcha), "");
    SAME(createaccount_captcha_mime(captcha), "image/png");
    SAME(createaccount_captcha_answer_field(captcha), "captchaWord");
    CHECK(createaccount_captcha_site_key(captcha) == NULL);
    CHECK(createaccount_captcha_service(captcha) == CREATEACCOUNT_CAPTCHA_SERVICE_OTHER);
    CHECK(createaccount_captcha_field_count(captcha) == 3);
    SAME(createaccount_captcha_field_at(captcha, 1), "captchaInfo");
    CHECK(createaccount_captcha_field_at(captcha, 3) == NULL);
    CHECK(strncmp(createaccount_captcha_image_url(captcha), "http://127.0.0.1:", 17) == 0);
    OK(createaccount_client_captcha_image(client, &picture, &length, NULL));
    CHECK(length > sizeof png && memcmp(picture, png, sizeof png) == 0);
    SAME(createaccount_image_type(picture, length), "image/png");
    CHECK(createaccount_image_type((const uint8_t *)"<svg/>", 6) == NULL);
    createaccount_bytes_free(picture, length);
    createaccount_step_free(step);
    createaccount_client_free(client);
}

static void a_question(const char *api_url)
{
    createaccount_client *client = open(api_url);
    createaccount_step *step = NULL;
    const createaccount_captcha *captcha;
    uint8_t *picture = NULL;
    size_t length = 0;

    OK(createaccount_client_begin(client, 0, &step, NULL));
    captcha = createaccount_step_captcha(step);
    CHECK(createaccount_captcha_kind(captcha) == CREATEACCOUNT_CAPTCHA_QUESTION);
    SAME(createaccount_captcha_text(captcha), "Which planet do we live on?");
    CHECK(createaccount_captcha_image_url(captcha) == NULL);
    TOO_EARLY(createaccount_client_captcha_image(client, &picture, &length, NULL));
    CHECK(picture == NULL && length == 0);
    createaccount_step_free(step);
    createaccount_client_free(client);
}

static void a_widget(const char *api_url)
{
    createaccount_client *client = open(api_url);
    createaccount_step *step = NULL;
    const createaccount_captcha *captcha;

    OK(createaccount_client_begin(client, 0, &step, NULL));
    captcha = createaccount_step_captcha(step);
    CHECK(createaccount_captcha_kind(captcha) == CREATEACCOUNT_CAPTCHA_WIDGET);
    SAME(createaccount_captcha_site_key(captcha), "site-key-10000000");
    CHECK(createaccount_captcha_service(captcha) == CREATEACCOUNT_CAPTCHA_SERVICE_HCAPTCHA);
    CHECK(createaccount_captcha_field_count(captcha) == 1);
    SAME(createaccount_captcha_field_at(captcha, 0), "captchaWord");
    createaccount_step_free(step);
    createaccount_client_free(client);
}

static void a_login(const char *api_url)
{
    createaccount_client *client = open(api_url);
    createaccount_step *step = NULL;

    OK(createaccount_client_login(client, "Admin", "not the password", &step, NULL));
    CHECK(createaccount_step_kind(step) == CREATEACCOUNT_STEP_FAIL);
    CHECK(createaccount_step_reason(step) == CREATEACCOUNT_REASON_PASSWORD);
    createaccount_step_free(step);
    OK(createaccount_client_login(client, "Admin", "admin-secret-42", &step, NULL));
    CHECK(createaccount_step_kind(step) == CREATEACCOUNT_STEP_PASS);
    SAME(createaccount_step_username(step), "Admin");
    createaccount_step_free(step);
    createaccount_client_free(client);
}

/* A login without an account here is kept, and the account has the name that it wants. */
static void a_login_that_is_kept(const char *api_url)
{
    createaccount_client *client = open(api_url);
    createaccount_step *step = NULL;

    OK(createaccount_client_begin_login(client, &step, NULL));
    CHECK(!createaccount_step_has_preserved_state(step));
    CHECK(createaccount_step_preserved_username(step) == NULL);
    createaccount_step_free(step);
    set(client, "outsideName", "Known person");
    set(client, "outsideKey", "outside-key");
    step = submit(client);
    CHECK(createaccount_step_kind(step) == CREATEACCOUNT_STEP_RESTART);
    CHECK(createaccount_step_can_preserve_state(step));
    createaccount_step_free(step);

    OK(createaccount_client_begin(client, CREATEACCOUNT_BEGIN_PRESERVE_STATE, &step, NULL));
    CHECK(createaccount_step_kind(step) == CREATEACCOUNT_STEP_FORM);
    CHECK(createaccount_step_has_preserved_state(step));
    SAME(createaccount_step_preserved_username(step), "Known person");
    CHECK(!createaccount_step_can_preserve_state(step));
    createaccount_step_free(step);
    step = submit(client);
    CHECK(createaccount_step_kind(step) == CREATEACCOUNT_STEP_PASS);
    SAME(createaccount_step_username(step), "Known person");
    createaccount_step_free(step);
    createaccount_client_free(client);
}

/* The wiki takes longer than we wait for it: the account is made all the same. */
static void a_lost_answer(const char *api_url)
{
    createaccount_config *config = createaccount_config_new();
    createaccount_client *client = NULL;
    createaccount_step *step = NULL;
    int64_t before;

    OK(createaccount_config_set_timeout_ms(config, 1500, NULL));
    OK(createaccount_config_set_reconcile_wait_ms(config, 30000, NULL));
    OK(createaccount_client_new(api_url, config, &client, NULL));
    createaccount_config_free(config);
    begin(client);
    before = createaccount_client_wiki_time(client);
    set(client, "username", "Lost");
    set(client, "stepStart", "1");
    set(client, "stepChain", "slow");
    CHECK(createaccount_client_submit(client, &step, NULL) == CREATEACCOUNT_STATUS_OUTCOME_UNKNOWN);
    CHECK(step == NULL);
    OK(createaccount_client_reconcile(client, &step, NULL));
    CHECK(createaccount_step_kind(step) == CREATEACCOUNT_STEP_PASS);
    SAME(createaccount_step_username(step), "Lost");
    CHECK(createaccount_step_raw_json(step) == NULL); /* the wiki sent no such step */
    createaccount_step_free(step);
    createaccount_client_free(client);

    /* A program that remembers the name and the time needs nothing else. */
    OK(createaccount_client_new(api_url, NULL, &client, NULL));
    OK(createaccount_client_reconcile_name(client, "Lost", before, &step, NULL));
    CHECK(createaccount_step_kind(step) == CREATEACCOUNT_STEP_PASS);
    createaccount_step_free(step);
    OK(createaccount_client_reconcile_name(client, "Taken", before, &step, NULL));
    CHECK(createaccount_step_kind(step) == CREATEACCOUNT_STEP_FAIL);
    CHECK(createaccount_step_message_is_own(step));
    createaccount_step_free(step);
    createaccount_client_free(client);
}

static void several_errors(const char *api_url)
{
    createaccount_client *client = open(api_url);
    createaccount_step *step = NULL;

    begin(client);
    set(client, "username", "Longer name");
    set(client, "password", "er nam");
    step = submit(client);
    CHECK(createaccount_step_kind(step) == CREATEACCOUNT_STEP_FAIL);
    CHECK(createaccount_step_message_part_count(step) == 2);
    CHECK(strstr(createaccount_step_message_part_at(step, 0), "10 characters") != NULL);
    CHECK(strstr(createaccount_step_message_part_at(step, 1), "username") != NULL);
    CHECK(createaccount_step_message_part_at(step, 2) == NULL);
    createaccount_step_free(step);
    createaccount_client_free(client);
}

int main(int argc, char **argv)
{
    CHECK(argc == 7);
    a_picture(argv[1]);
    a_question(argv[2]);
    a_widget(argv[3]);
    a_login(argv[4]);
    a_login_that_is_kept(argv[4]);
    a_lost_answer(argv[5]);
    several_errors(argv[6]);
    return 0;
}
