/* What each setting changes, and what is said of one that cannot be used: settings CA_FILE. */
#define _GNU_SOURCE
#include "check.h"

#define API_URL "https://wiki.example/api.php"

/* What the next request must hold. */
static const char *wanted_in_url, *wanted_in_body, *wanted_header, *wanted_value;

static bool holds(const char *text, size_t length, const char *part)
{
    size_t size = strlen(part);

    for (size_t i = 0; i + size <= length; i++)
        if (memcmp(text + i, part, size) == 0)
            return true;
    return false;
}

static int32_t look(void *user_data, const createaccount_http_request *request,
                    createaccount_http_response *response)
{
    const char *url = createaccount_http_request_url(request);
    const char *body = (const char *)createaccount_http_request_body(request);
    bool found = wanted_header == NULL;

    for (size_t i = 0; i < createaccount_http_request_header_count(request); i++)
        found = found || (strcmp(createaccount_http_request_header_name_at(request, i), wanted_header) == 0 &&
                          strcmp(createaccount_http_request_header_value_at(request, i), wanted_value) == 0);
    CHECK(found);
    CHECK(wanted_in_url == NULL || body != NULL || strstr(url, wanted_in_url) != NULL);
    CHECK(wanted_in_body == NULL || body == NULL ||
          holds(body, createaccount_http_request_body_length(request), wanted_in_body));
    return canned_send(user_data, request, response);
}

/* Signs up with these settings, past the looks of the transport. */
static void sign_up(createaccount_config *config)
{
    struct canned canned = {0, 0, CANNED_PASS, false};
    createaccount_client *client = NULL;
    createaccount_step *step = NULL;

    OK(createaccount_config_set_transport(config, look, &canned, NULL, NULL));
    OK(createaccount_client_new(API_URL, config, &client, NULL));
    createaccount_config_free(config);
    begin(client);
    OK(createaccount_client_set_field(client, "username", "Canned", NULL));
    OK(createaccount_client_set_field(client, "password", "secret-10000000", NULL));
    OK(createaccount_client_submit(client, &step, NULL));
    CHECK(createaccount_step_kind(step) == CREATEACCOUNT_STEP_PASS);
    CHECK(canned.sent == 2);
    createaccount_step_free(step);
    createaccount_client_free(client);
    wanted_in_url = wanted_in_body = wanted_header = wanted_value = NULL;
}

/* The client is refused, and the error names the setting. */
static void cannot_be_used(createaccount_config *config, const char *field)
{
    createaccount_client *client = NULL;
    createaccount_error *error = NULL;

    REFUSED(createaccount_client_new(API_URL, config, &client, &error));
    SAME(createaccount_error_field(error), field);
    CHECK(client == NULL);
    createaccount_error_free(error);
    createaccount_config_free(config);
}

static void language(void)
{
    createaccount_config *config = createaccount_config_new();

    wanted_in_url = wanted_in_body = "uselang=pl";
    REFUSED(createaccount_config_set_language(NULL, "pl", NULL));
    OK(createaccount_config_set_language(config, "pl", NULL));
    sign_up(config);
    config = createaccount_config_new();
    OK(createaccount_config_set_language(config, "en_GB!", NULL));
    cannot_be_used(config, "language");
}

static void formats(void)
{
    createaccount_config *config = createaccount_config_new();

    wanted_in_body = "createmessageformat=html";
    OK(createaccount_config_set_message_format(config, "html", NULL));
    sign_up(config);

    config = createaccount_config_new();
    wanted_in_url = wanted_in_body = "errorformat=wikitext";
    REFUSED(createaccount_config_set_error_format(NULL, "wikitext", NULL));
    OK(createaccount_config_set_error_format(config, "wikitext", NULL));
    sign_up(config);
    config = createaccount_config_new();
    OK(createaccount_config_set_error_format(config, "pdf", NULL));
    cannot_be_used(config, "error_format");

    config = createaccount_config_new();
    wanted_in_url = wanted_in_body = "errorlang=ko";
    REFUSED(createaccount_config_set_error_language(NULL, "ko", NULL));
    OK(createaccount_config_set_error_language(config, "ko", NULL));
    sign_up(config);
    config = createaccount_config_new();
    OK(createaccount_config_set_error_language(config, "", NULL));
    cannot_be_used(config, "error_language");
}

static void identity(void)
{
    createaccount_config *config = createaccount_config_new();

    REFUSED(createaccount_config_set_user_agent(NULL, "test/1.0", NULL));
    OK(createaccount_config_set_user_agent(config, "line\nbreak", NULL));
    cannot_be_used(config, "user_agent");

    config = createaccount_config_new();
    wanted_header = "authorization";
    wanted_value = "Bearer token-20000000";
    REFUSED(createaccount_config_set_bearer_token(NULL, "token", NULL));
    OK(createaccount_config_set_bearer_token(config, "token-20000000", NULL));
    sign_up(config);
    config = createaccount_config_new();
    OK(createaccount_config_set_bearer_token(config, "line\nbreak", NULL));
    cannot_be_used(config, "bearer_token");

    config = createaccount_config_new();
    wanted_header = "authorization";
    wanted_value = "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==";
    REFUSED(createaccount_config_set_basic_auth(NULL, "Aladdin", "open sesame", NULL));
    REFUSED(createaccount_config_set_basic_auth(config, "Aladdin", NULL, NULL));
    OK(createaccount_config_set_basic_auth(config, "Aladdin", "open sesame", NULL));
    sign_up(config);
    config = createaccount_config_new();
    OK(createaccount_config_set_basic_auth(config, "a:b", "c", NULL));
    cannot_be_used(config, "basic_auth");
    config = createaccount_config_new();
    OK(createaccount_config_set_basic_auth(config, "a:b", "c", NULL));
    OK(createaccount_config_set_basic_auth(config, NULL, NULL, NULL));
    sign_up(config);

    config = createaccount_config_new();
    wanted_header = "x-gateway";
    wanted_value = "key-30000000";
    REFUSED(createaccount_config_add_header(NULL, "x-gateway", "key", NULL));
    REFUSED(createaccount_config_add_header(config, NULL, "key", NULL));
    OK(createaccount_config_add_header(config, "X-Gateway", "another", NULL));
    OK(createaccount_config_add_header(config, "x-gateway", "key-30000000", NULL));
    sign_up(config);
    config = createaccount_config_new();
    OK(createaccount_config_add_header(config, "cookie", "a=b", NULL));
    cannot_be_used(config, "headers");
    config = createaccount_config_new();
    OK(createaccount_config_add_header(config, "Cookie", "a=b", NULL));
    OK(createaccount_config_add_header(config, "cookie", NULL, NULL));
    sign_up(config);

    config = createaccount_config_new();
    wanted_in_body = "createreturnurl=https%3A%2F%2Fme.example%2F";
    REFUSED(createaccount_config_set_return_url(NULL, "https://me.example/", NULL));
    OK(createaccount_config_set_return_url(config, "https://me.example/", NULL));
    sign_up(config);
    config = createaccount_config_new();
    OK(createaccount_config_set_return_url(config, "/relative", NULL));
    cannot_be_used(config, "return_url");
}

static void merged_fields(void)
{
    createaccount_config *config = createaccount_config_new();

    /* A form of the beginning is merged by the library in any case, the wiki merges those of later steps. */
    wanted_in_body = "createmergerequestfields=1";
    OK(createaccount_config_set_merge_fields(config, true, NULL));
    sign_up(config);
}

/* By way of nobody's port nothing is reached, so what is asked for an answer goes by way of it. */
static void way_out(const char *ca_file)
{
    createaccount_config *config = createaccount_config_new();
    createaccount_client *client = NULL;
    createaccount_step *step = NULL;

    REFUSED(createaccount_config_set_proxy(NULL, "http://127.0.0.1:1", NULL));
    OK(createaccount_config_set_proxy(config, "http://127.0.0.1:1", NULL));
    REFUSED(createaccount_config_set_ca_file(NULL, ca_file, NULL));
    OK(createaccount_config_set_ca_file(config, ca_file, NULL));
    OK(createaccount_client_new(API_URL, config, &client, NULL));
    createaccount_config_free(config);
    CHECK(createaccount_client_begin(client, 0, &step, NULL) == CREATEACCOUNT_STATUS_TRANSPORT);
    CHECK(step == NULL);
    createaccount_client_free(client);

    config = createaccount_config_new();
    OK(createaccount_config_set_proxy(config, "no proxy", NULL));
    cannot_be_used(config, "proxy");
    config = createaccount_config_new();
    OK(createaccount_config_set_ca_file(config, "/does/not/exist.pem", NULL));
    cannot_be_used(config, "ca_file");

    /* Beside a transport of the program both would be ignored. */
    config = createaccount_config_new();
    OK(createaccount_config_set_transport(config, canned_send, NULL, NULL, NULL));
    OK(createaccount_config_set_proxy(config, "http://127.0.0.1:1", NULL));
    cannot_be_used(config, "proxy");
    config = createaccount_config_new();
    OK(createaccount_config_set_transport(config, canned_send, NULL, NULL, NULL));
    OK(createaccount_config_set_ca_file(config, ca_file, NULL));
    cannot_be_used(config, "ca_file");
}

/* What comes of a call whose wiki has no address, if there is a proxy in the environment. */
static createaccount_failure_t failure_beside_a_proxy(bool is_read)
{
    createaccount_config *config = createaccount_config_new();
    createaccount_client *client = NULL;
    createaccount_step *step = NULL;
    createaccount_error *error = NULL;
    createaccount_failure_t failure;

    OK(createaccount_config_set_environment_proxies(config, is_read, NULL));
    OK(createaccount_client_new("https://wiki.invalid/api.php", config, &client, NULL));
    createaccount_config_free(config);
    CHECK(createaccount_client_begin(client, 0, &step, &error) == CREATEACCOUNT_STATUS_TRANSPORT);
    failure = createaccount_error_failure(error);
    createaccount_error_free(error);
    createaccount_client_free(client);
    return failure;
}

static void environment(void)
{
    CHECK(unsetenv("no_proxy") == 0 && unsetenv("NO_PROXY") == 0);
    CHECK(setenv("https_proxy", "http://127.0.0.1:1", 1) == 0);
    CHECK(failure_beside_a_proxy(true) == CREATEACCOUNT_FAILURE_PROXY);
    CHECK(failure_beside_a_proxy(false) == CREATEACCOUNT_FAILURE_NAME);
    CHECK(unsetenv("https_proxy") == 0);
}

static void unencrypted(void)
{
    createaccount_config *config = createaccount_config_new();
    createaccount_client *client = NULL;

    REFUSED(createaccount_client_new("http://wiki.example/api.php", config, &client, NULL));
    OK(createaccount_config_set_allow_http(config, true, NULL));
    OK(createaccount_client_new("http://wiki.example/api.php", config, &client, NULL));
    createaccount_client_free(client);
    createaccount_config_free(config);
}

/* A program may set everything without a look at what comes of it. */
static void remembered(void)
{
    static const uint8_t KEY[32] = {7};
    createaccount_config *config = createaccount_config_new();
    createaccount_client *client = NULL;
    createaccount_error *error = NULL;

    createaccount_config_set_message_format(config, "morse", NULL);
    createaccount_config_set_user_agent(config, "signup/1.0 \xff", NULL);
    createaccount_config_set_seal_key(config, KEY, 7, NULL);
    createaccount_config_set_language(config, "pl", NULL);
    REFUSED(createaccount_client_new(API_URL, config, &client, &error));
    SAME(createaccount_error_field(error), "message_format");
    CHECK(createaccount_error_problem(error) == CREATEACCOUNT_PROBLEM_INVALID);
    createaccount_error_free(error);
    OK(createaccount_config_set_message_format(config, "html", NULL));
    REFUSED(createaccount_client_new(API_URL, config, &client, &error));
    SAME(createaccount_error_field(error), "user_agent");
    CHECK(createaccount_error_problem(error) == CREATEACCOUNT_PROBLEM_NOT_UTF8);
    createaccount_error_free(error);
    OK(createaccount_config_set_user_agent(config, NULL, NULL));
    REFUSED(createaccount_client_load(API_URL, KEY, sizeof KEY, config, &client, &error));
    SAME(createaccount_error_field(error), "seal_key");
    createaccount_error_free(error);
    OK(createaccount_config_set_seal_key(config, KEY, sizeof KEY, NULL));
    OK(createaccount_client_new(API_URL, config, &client, NULL));
    createaccount_client_free(client);
    createaccount_config_free(config);
}

/* Fails the first request, and says that it was not sent. */
static int32_t stumble(void *user_data, const createaccount_http_request *request,
                       createaccount_http_response *response)
{
    struct canned *canned = (struct canned *)user_data;

    if (canned->sent++ == 0) {
        createaccount_http_response_set_not_sent(response);
        return 1;
    }
    return canned_send(user_data, request, response);
}

static void repeated(void)
{
    struct canned canned = {0, 0, CANNED_PASS, false};
    createaccount_config *config = createaccount_config_new();
    createaccount_client *client = NULL;
    createaccount_step *step = NULL;

    OK(createaccount_config_set_transport(config, stumble, &canned, NULL, NULL));
    OK(createaccount_client_new(API_URL, config, &client, NULL));
    CHECK(createaccount_client_begin(client, 0, &step, NULL) == CREATEACCOUNT_STATUS_CALLBACK);
    CHECK(step == NULL && canned.sent == 1);
    createaccount_client_free(client);

    OK(createaccount_config_set_retry_budget_ms(config, 5000, NULL));
    OK(createaccount_client_new(API_URL, config, &client, NULL));
    createaccount_config_free(config);
    begin(client);
    CHECK(canned.sent >= 2);
    createaccount_client_free(client);
}

int main(int argc, char **argv)
{
    CHECK(argc == 2);
    language();
    formats();
    identity();
    merged_fields();
    way_out(argv[1]);
    environment();
    unencrypted();
    remembered();
    repeated();
    return 0;
}
