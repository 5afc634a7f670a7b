/* Every function with NULL for every pointer, and with strings that are not UTF-8. Every function of the header is
 * here. */
#include "check.h"

#define API "https://wiki.example/api.php"

static createaccount_client *client;
static createaccount_config *config;

static const uint8_t KEY[32] = {1};

static void nothing(void *user_data)
{
    (void)user_data;
}

/* The error of a failed call names the argument. */
static void names(createaccount_error **error, const char *field)
{
    SAME(createaccount_error_field(*error), field);
    CHECK(createaccount_error_status(*error) == CREATEACCOUNT_STATUS_INVALID_ARGUMENT);
    CHECK(createaccount_error_message(*error) != NULL);
    CHECK(createaccount_error_api_code(*error) == NULL);
    CHECK(createaccount_error_reason(*error) == CREATEACCOUNT_REASON_OTHER);
    CHECK(createaccount_error_http_status(*error) == 0);
    CHECK(createaccount_error_retry_after(*error) == -1);
    CHECK(createaccount_error_failure(*error) == CREATEACCOUNT_FAILURE_NONE);
    createaccount_error_free(*error);
    *error = NULL;
}

static void getters(void)
{
    CHECK(createaccount_version() != NULL);
    CHECK(createaccount_version_number() != 0);

    CHECK(createaccount_error_status(NULL) == CREATEACCOUNT_STATUS_OK);
    CHECK(createaccount_error_message(NULL) == NULL);
    CHECK(createaccount_error_api_code(NULL) == NULL);
    CHECK(createaccount_error_reason(NULL) == CREATEACCOUNT_REASON_OTHER);
    CHECK(createaccount_error_problem(NULL) == CREATEACCOUNT_PROBLEM_NONE);
    CHECK(createaccount_error_field(NULL) == NULL);
    CHECK(createaccount_error_http_status(NULL) == 0);
    CHECK(createaccount_error_retry_after(NULL) == -1);
    CHECK(createaccount_error_failure(NULL) == CREATEACCOUNT_FAILURE_NONE);

    CHECK(createaccount_step_kind(NULL) == CREATEACCOUNT_STEP_OTHER);
    CHECK(createaccount_step_status(NULL) == NULL);
    CHECK(createaccount_step_message(NULL) == NULL);
    CHECK(createaccount_step_message_code(NULL) == NULL);
    CHECK(createaccount_step_username(NULL) == NULL);
    CHECK(createaccount_step_reason(NULL) == CREATEACCOUNT_REASON_OTHER);
    CHECK(!createaccount_step_is_login(NULL));
    CHECK(createaccount_step_field(NULL, "username") == NULL);
    CHECK(createaccount_status_name(0) != NULL);
    CHECK(createaccount_step_kind_name(0) != NULL);
    CHECK(createaccount_field_type_name(0) != NULL);
    CHECK(createaccount_captcha_kind_name(0) != NULL);
    CHECK(createaccount_problem_name(0) != NULL);
    CHECK(createaccount_reason_name(0) != NULL);
    CHECK(createaccount_failure_name(0) != NULL);
    CHECK(createaccount_step_retry_after(NULL) == -1);
    CHECK(createaccount_step_redirect_target(NULL) == NULL);
    CHECK(createaccount_step_redirect_data(NULL) == NULL);
    CHECK(createaccount_step_return_url(NULL) == NULL);
    CHECK(!createaccount_step_message_is_own(NULL));
    CHECK(!createaccount_step_catches_return(NULL));
    CHECK(!createaccount_step_can_create(NULL));
    CHECK(!createaccount_step_can_preserve_state(NULL));
    CHECK(!createaccount_step_has_preserved_state(NULL));
    CHECK(createaccount_step_preserved_username(NULL) == NULL);
    CHECK(createaccount_step_field_count(NULL) == 0);
    CHECK(createaccount_step_field_at(NULL, 0) == NULL);
    CHECK(createaccount_step_request_count(NULL) == 0);
    CHECK(createaccount_step_request_at(NULL, 0) == NULL);
    CHECK(createaccount_step_captcha(NULL) == NULL);
    CHECK(createaccount_step_message_part_count(NULL) == 0);
    CHECK(createaccount_step_message_part_at(NULL, 0) == NULL);
    CHECK(createaccount_step_raw_json(NULL) == NULL);

    CHECK(createaccount_field_name(NULL) == NULL);
    CHECK(createaccount_field_type(NULL) == CREATEACCOUNT_FIELD_TYPE_OTHER);
    CHECK(createaccount_field_label(NULL) == NULL);
    CHECK(createaccount_field_help(NULL) == NULL);
    CHECK(createaccount_field_value(NULL) == NULL);
    CHECK(!createaccount_field_is_required(NULL));
    CHECK(!createaccount_field_is_sensitive(NULL));
    CHECK(!createaccount_field_asks(NULL));
    CHECK(createaccount_field_choice_count(NULL) == 0);
    CHECK(createaccount_field_choice_value_at(NULL, 0) == NULL);
    CHECK(createaccount_field_choice_label_at(NULL, 0) == NULL);
    CHECK(!createaccount_field_choice_is_preset_at(NULL, 0));

    CHECK(createaccount_request_id(NULL) == NULL);
    CHECK(createaccount_request_provider(NULL) == NULL);
    CHECK(createaccount_request_account(NULL) == NULL);
    CHECK(createaccount_request_required(NULL) == CREATEACCOUNT_REQUIRED_OPTIONAL);
    CHECK(createaccount_request_metadata_json(NULL) == NULL);
    CHECK(createaccount_request_field_count(NULL) == 0);
    CHECK(createaccount_request_field_at(NULL, 0) == NULL);

    CHECK(createaccount_captcha_kind(NULL) == CREATEACCOUNT_CAPTCHA_OTHER);
    CHECK(createaccount_captcha_text(NULL) == NULL);
    CHECK(createaccount_captcha_mime(NULL) == NULL);
    CHECK(createaccount_captcha_site_key(NULL) == NULL);
    CHECK(createaccount_captcha_image_url(NULL) == NULL);
    CHECK(createaccount_captcha_answer_field(NULL) == NULL);
    CHECK(createaccount_captcha_service(NULL) == CREATEACCOUNT_CAPTCHA_SERVICE_OTHER);
    SAME(createaccount_captcha_service_name(99), "other");
    SAME(createaccount_required_name(99), "optional");
    CHECK(createaccount_captcha_field_count(NULL) == 0);
    CHECK(createaccount_captcha_field_at(NULL, 0) == NULL);

    CHECK(createaccount_verdict_answer(NULL) == CREATEACCOUNT_ANSWER_UNKNOWN);
    CHECK(createaccount_verdict_code(NULL) == NULL);
    CHECK(createaccount_verdict_message(NULL) == NULL);
    CHECK(createaccount_verdict_canonical(NULL) == NULL);

    CHECK(createaccount_http_request_method(NULL) == NULL);
    CHECK(createaccount_http_request_url(NULL) == NULL);
    CHECK(createaccount_http_request_header_count(NULL) == 0);
    CHECK(createaccount_http_request_header_name_at(NULL, 0) == NULL);
    CHECK(createaccount_http_request_header_value_at(NULL, 0) == NULL);
    CHECK(createaccount_http_request_body(NULL) == NULL);
    CHECK(createaccount_http_request_body_length(NULL) == 0);
    CHECK(createaccount_http_request_timeout_ms(NULL) == 0);
    CHECK(createaccount_http_request_connect_timeout_ms(NULL) == 0);
    CHECK(createaccount_http_request_body_limit(NULL) == 0);
    CHECK(!createaccount_http_request_poll(NULL));
    createaccount_http_response_set_status(NULL, 200);
    createaccount_http_response_add_header(NULL, "a", "b");
    CHECK(!createaccount_http_response_append_body(NULL, (const uint8_t *)"a", 1));
    createaccount_http_response_set_error(NULL, "a");
    createaccount_http_response_set_not_sent(NULL);
}

static void frees(void)
{
    createaccount_error_free(NULL);
    createaccount_config_free(NULL);
    createaccount_client_free(NULL);
    createaccount_step_free(NULL);
    createaccount_verdict_free(NULL);
    createaccount_string_free(NULL);
    CHECK(createaccount_image_type(NULL, 0) == NULL);
    CHECK(createaccount_image_type(NULL, 8) == NULL);
    createaccount_bytes_free(NULL, 0);
    createaccount_bytes_free(NULL, 7);
}

static void settings(void)
{
    typedef createaccount_status_t (*text_fn)(createaccount_config *, const char *, createaccount_error **);
    static const struct {
        const char *name;
        text_fn set;
    } setters[] = {
        {"user_agent", createaccount_config_set_user_agent},
        {"language", createaccount_config_set_language},
        {"message_format", createaccount_config_set_message_format},
        {"error_format", createaccount_config_set_error_format},
        {"error_language", createaccount_config_set_error_language},
        {"return_url", createaccount_config_set_return_url},
        {"proxy", createaccount_config_set_proxy},
        {"ca_file", createaccount_config_set_ca_file},
        {"bearer_token", createaccount_config_set_bearer_token},
    };
    createaccount_error *error = NULL;

    for (size_t i = 0; i < sizeof setters / sizeof *setters; i++) {
        REFUSED(setters[i].set(NULL, "x", &error));
        names(&error, "config");
        REFUSED(setters[i].set(NULL, "x", NULL));
        REFUSED(setters[i].set(config, LATIN1, &error));
        names(&error, setters[i].name);
        OK(setters[i].set(config, NULL, &error));
        CHECK(error == NULL);
    }
    REFUSED(createaccount_config_set_basic_auth(config, "x", NULL, &error));
    names(&error, "password");
    REFUSED(createaccount_config_set_basic_auth(config, "x", LATIN1, &error));
    names(&error, "basic_auth");
    REFUSED(createaccount_config_add_header(config, NULL, "x", &error));
    names(&error, "name");
    REFUSED(createaccount_config_add_header(config, "x", LATIN1, &error));
    names(&error, "headers");
    REFUSED(createaccount_config_set_environment_proxies(NULL, true, &error));
    names(&error, "config");
    OK(createaccount_config_set_environment_proxies(config, true, &error));
    REFUSED(createaccount_config_set_message_format(config, "pdf", &error));
    names(&error, "message_format");
    REFUSED(createaccount_config_set_seal_key(NULL, KEY, sizeof KEY, NULL));
    REFUSED(createaccount_config_add_open_key(NULL, KEY, sizeof KEY, NULL));
    REFUSED(createaccount_config_set_seal_key(config, NULL, sizeof KEY, &error));
    names(&error, "seal_key");
    REFUSED(createaccount_config_add_open_key(config, NULL, 0, &error));
    names(&error, "open_key");
    OK(createaccount_config_set_seal_key(config, NULL, 0, NULL));
    REFUSED(createaccount_config_set_timeout_ms(NULL, 1, NULL));
    REFUSED(createaccount_config_set_connect_timeout_ms(NULL, 1, NULL));
    REFUSED(createaccount_config_set_deadline_ms(NULL, 1, NULL));
    REFUSED(createaccount_config_set_retry_budget_ms(NULL, 1, NULL));
    REFUSED(createaccount_config_set_reconcile_wait_ms(NULL, 1, NULL));
    REFUSED(createaccount_config_set_allow_http(NULL, true, NULL));
    REFUSED(createaccount_config_set_merge_fields(NULL, true, NULL));
    REFUSED(createaccount_config_set_log(NULL, NULL, NULL, nothing, NULL));
    REFUSED(createaccount_config_set_transport(NULL, NULL, NULL, nothing, NULL));
    REFUSED(createaccount_config_set_interrupt(NULL, NULL, NULL, nothing, NULL));
    OK(createaccount_config_set_log(config, NULL, NULL, NULL, NULL));
    OK(createaccount_config_set_transport(config, NULL, NULL, NULL, NULL));
    OK(createaccount_config_set_interrupt(config, NULL, NULL, NULL, NULL));
}

static void constructors(void)
{
    createaccount_client *made = NULL;
    createaccount_error *error = NULL;

    REFUSED(createaccount_client_new(NULL, config, &made, &error));
    names(&error, "api_url");
    REFUSED(createaccount_client_new(LATIN1, config, &made, &error));
    names(&error, "api_url");
    REFUSED(createaccount_client_new("https://wiki.example/api.php", config, NULL, &error));
    names(&error, "client");
    REFUSED(createaccount_client_load(NULL, (const uint8_t *)"abcd", 4, config, &made, &error));
    names(&error, "api_url");
    REFUSED(createaccount_client_load(API, NULL, 4, config, &made, &error));
    names(&error, "data");
    REFUSED(createaccount_client_load(API, NULL, 0, NULL, &made, &error));
    names(&error, "data");
    REFUSED(createaccount_client_load(API, (const uint8_t *)"abcd", 4, NULL, &made, &error));
    names(&error, "data");
    REFUSED(createaccount_client_load(API, (const uint8_t *)"abcd", 4, NULL, NULL, &error));
    names(&error, "client");
    CHECK(made == NULL);
    char *api_url = NULL;
    REFUSED(createaccount_find_api(NULL, config, &api_url, &error));
    names(&error, "url");
    REFUSED(createaccount_find_api(LATIN1, config, &api_url, &error));
    names(&error, "url");
    REFUSED(createaccount_find_api("wiki.example", config, NULL, &error));
    names(&error, "api_url");
    REFUSED(createaccount_find_api("http://wiki.example", NULL, &api_url, &error));
    names(&error, "url");
    CHECK(api_url == NULL);
    OK(createaccount_client_new("https://wiki.example/api.php", NULL, &made, NULL));
    createaccount_client_free(made);
}

static void calls(void)
{
    createaccount_step *step = NULL;
    createaccount_verdict *verdict = NULL;
    createaccount_error *error = NULL;
    uint8_t *data = NULL;
    size_t length = 0;

    REFUSED(createaccount_client_begin(NULL, 0, &step, &error));
    names(&error, "client");
    REFUSED(createaccount_client_begin(client, 0, NULL, &error));
    names(&error, "step");
    REFUSED(createaccount_client_begin(client, 4, &step, &error));
    names(&error, "flags");
    REFUSED(createaccount_client_begin_login(NULL, &step, &error));
    names(&error, "client");
    REFUSED(createaccount_client_begin_login(client, NULL, &error));
    names(&error, "step");
    REFUSED(createaccount_client_login(NULL, "a", "b", &step, NULL));
    REFUSED(createaccount_client_login(client, NULL, "b", &step, &error));
    names(&error, "username");
    REFUSED(createaccount_client_login(client, "a", NULL, &step, &error));
    names(&error, "password");
    REFUSED(createaccount_client_login(client, "a", LATIN1, &step, &error));
    names(&error, "password");
    REFUSED(createaccount_client_login(client, "a", "b", NULL, &error));
    names(&error, "step");

    begin(client);
    REFUSED(createaccount_client_use_request(NULL, "PasswordRequest", NULL));
    REFUSED(createaccount_client_use_request(client, NULL, &error));
    names(&error, "request_id");
    REFUSED(createaccount_client_use_request(client, LATIN1, NULL));
    REFUSED(createaccount_client_set_field(NULL, "username", "x", NULL));
    REFUSED(createaccount_client_set_field(client, NULL, "x", &error));
    names(&error, "name");
    REFUSED(createaccount_client_set_field(client, LATIN1, "x", &error));
    names(&error, "name");
    REFUSED(createaccount_client_set_field(client, "username", LATIN1, &error));
    names(&error, "username");
    OK(createaccount_client_set_field(client, "username", NULL, NULL));
    REFUSED(createaccount_client_add_choice(NULL, "colour", "red", NULL));
    REFUSED(createaccount_client_add_choice(client, NULL, "red", NULL));
    REFUSED(createaccount_client_add_choice(client, "colour", NULL, NULL));
    REFUSED(createaccount_client_add_choice(client, "colour", LATIN1, NULL));
    REFUSED(createaccount_client_set_unchecked(NULL, true, &error));
    REFUSED(createaccount_client_clear_answer(NULL, NULL));
    names(&error, "client");
    REFUSED(createaccount_client_submit(NULL, &step, NULL));
    REFUSED(createaccount_client_submit(client, NULL, &error));
    names(&error, "step");
    REFUSED(createaccount_client_resume(NULL, "https://a.example/", NULL, 0, &step, NULL));
    REFUSED(createaccount_client_resume(client, NULL, NULL, 0, &step, &error));
    names(&error, "returned_url");
    REFUSED(createaccount_client_resume(client, LATIN1, NULL, 0, &step, NULL));
    REFUSED(createaccount_client_resume(client, "https://a.example/", NULL, 7, &step, &error));
    names(&error, "body");
    REFUSED(createaccount_client_resume(client, "https://a.example/", NULL, 0, NULL, NULL));
    REFUSED(createaccount_client_reconcile(NULL, &step, NULL));
    REFUSED(createaccount_client_reconcile(client, NULL, NULL));
    REFUSED(createaccount_client_reconcile_name(NULL, "x", 0, &step, NULL));
    REFUSED(createaccount_client_reconcile_name(client, NULL, 0, &step, &error));
    names(&error, "username");
    REFUSED(createaccount_client_reconcile_name(client, "", 0, &step, &error));
    names(&error, "username");
    REFUSED(createaccount_client_reconcile_name(client, "x", -1, &step, &error));
    names(&error, "since");
    REFUSED(createaccount_client_reconcile_name(client, "x", 0, NULL, NULL));
    CHECK(createaccount_client_wiki_time(NULL) == -1);
    CHECK(createaccount_client_step(NULL) == NULL);

    REFUSED(createaccount_client_captcha_image(NULL, &data, &length, NULL));
    REFUSED(createaccount_client_captcha_image(client, NULL, &length, NULL));
    REFUSED(createaccount_client_captcha_image(client, &data, NULL, NULL));
    REFUSED(createaccount_client_save(NULL, &data, &length, NULL));
    REFUSED(createaccount_client_save(client, NULL, &length, NULL));
    REFUSED(createaccount_client_save(client, &data, NULL, NULL));
    REFUSED(createaccount_client_can_create(NULL, &verdict, NULL));
    REFUSED(createaccount_client_can_create(client, NULL, NULL));
    REFUSED(createaccount_client_check_username(NULL, "a", &verdict, NULL));
    REFUSED(createaccount_client_check_username(client, NULL, &verdict, NULL));
    REFUSED(createaccount_client_check_username(client, LATIN1, &verdict, NULL));
    REFUSED(createaccount_client_check_username(client, "a", NULL, NULL));
    REFUSED(createaccount_client_check_password(NULL, "a", "b", &verdict, NULL));
    REFUSED(createaccount_client_check_password(client, NULL, "b", &verdict, NULL));
    REFUSED(createaccount_client_check_password(client, "a", LATIN1, &verdict, NULL));
    REFUSED(createaccount_client_check_password(client, "a", "b", NULL, NULL));
    createaccount_client_cancel(NULL);

    CHECK(step == NULL && verdict == NULL && data == NULL && length == 0);
}

int main(void)
{
    struct canned canned = {0, 0, NULL, false};

    config = createaccount_config_new();
    client = canned_client(&canned);
    getters();
    frees();
    settings();
    constructors();
    calls();
    CHECK(canned.sent == 1); /* the begin in the middle */
    createaccount_client_free(client);
    createaccount_config_free(config);
    return 0;
}
