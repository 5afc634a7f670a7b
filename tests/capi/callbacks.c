/* What a transport and a log callback get to see, and what their failures become. */
#include "check.h"

#define PASSWORD "secret-10000000"

static createaccount_client *client;
static int lines, warnings, forms;

static int32_t look(void *user_data, const createaccount_http_request *request,
                    createaccount_http_response *response)
{
    bool is_post = strcmp(createaccount_http_request_method(request), "POST") == 0;
    bool has_agent = false, has_cookie = false;
    createaccount_step *step = NULL;
    char body[4096];

    CHECK(strncmp(createaccount_http_request_url(request), "https://wiki.example/api.php", 28) == 0);
    CHECK(createaccount_http_request_timeout_ms(request) == 1234);
    CHECK(createaccount_http_request_connect_timeout_ms(request) == 567);
    CHECK(createaccount_http_request_body_limit(request) > 100000);
    CHECK(!createaccount_http_request_poll(request));
    for (size_t i = 0; i < createaccount_http_request_header_count(request); i++) {
        const char *name = createaccount_http_request_header_name_at(request, i);
        const char *value = createaccount_http_request_header_value_at(request, i);
        has_agent = has_agent || (strcmp(name, "user-agent") == 0 &&
                                  strncmp(value, "test/1.0 libcreateaccount/", 26) == 0);
        has_cookie =
            has_cookie || (strcmp(name, "cookie") == 0 && strstr(value, "session=cookie-10000000") != NULL);
    }
    CHECK(createaccount_http_request_header_name_at(request, 99) == NULL);
    CHECK(createaccount_http_request_header_value_at(request, 99) == NULL);
    CHECK(has_agent);
    if (is_post) {
        size_t length = createaccount_http_request_body_length(request);
        CHECK(has_cookie);
        CHECK(length > 0 && length < sizeof body);
        memcpy(body, createaccount_http_request_body(request), length);
        body[length] = '\0';
        CHECK(strstr(body, "password=" PASSWORD) != NULL);
        CHECK(strstr(body, "username=Canned") != NULL);
    } else {
        forms++;
        CHECK(createaccount_http_request_body(request) == NULL);
        CHECK(createaccount_http_request_body_length(request) == 0);
    }
    /* The client is busy with this very call. */
    TOO_EARLY(createaccount_client_begin(client, 0, &step, NULL));
    CHECK(createaccount_client_step(client) == NULL);
    /* What is not text is taken as far as it can be. */
    createaccount_http_response_add_header(response, "X-Name", LATIN1);
    createaccount_http_response_add_header(response, NULL, "x");
    createaccount_http_response_add_header(response, "x", NULL);
    CHECK(createaccount_http_response_append_body(response, NULL, 0));
    CHECK(!createaccount_http_response_append_body(response, NULL, 5));
    return canned_send(user_data, request, response);
}

/* A success that comes with a warning about a parameter. */
#define PASS_WITH_WARNING                                                                                    \
    "{\"warnings\":[{\"code\":\"unrecognizedparams\",\"text\":\"Unrecognized parameter: colour.\"}],"            \
    "\"createaccount\":{\"status\":\"PASS\",\"username\":\"Canned\"}}"

static void log_line(void *user_data, int32_t level, const char *message)
{
    createaccount_step *step = NULL;

    CHECK(user_data == &lines);
    CHECK(level >= CREATEACCOUNT_LOG_ERROR && level <= CREATEACCOUNT_LOG_DEBUG);
    CHECK(strstr(message, PASSWORD) == NULL);
    CHECK(strstr(message, "token-10000000") == NULL);
    CHECK(strstr(message, "cookie-10000000") == NULL);
    TOO_EARLY(createaccount_client_begin(client, 0, &step, NULL));
    warnings += strstr(message, "the wiki warns: ") != NULL && strstr(message, "parameter: colour") != NULL;
    lines++;
}

static void a_sign_up(void)
{
    struct canned canned = {0, 0, PASS_WITH_WARNING, false};
    createaccount_config *config = createaccount_config_new();
    createaccount_step *step = NULL;

    OK(createaccount_config_set_user_agent(config, "test/1.0", NULL));
    OK(createaccount_config_set_timeout_ms(config, 1234, NULL));
    OK(createaccount_config_set_connect_timeout_ms(config, 567, NULL));
    OK(createaccount_config_set_deadline_ms(config, 60000, NULL));
    OK(createaccount_config_set_log(config, log_line, &lines, NULL, NULL));
    OK(createaccount_config_set_transport(config, look, &canned, NULL, NULL));
    OK(createaccount_client_new("https://wiki.example/api.php", config, &client, NULL));
    createaccount_config_free(config);
    begin(client);
    OK(createaccount_client_set_field(client, "username", "Canned", NULL));
    OK(createaccount_client_set_field(client, "password", PASSWORD, NULL));
    OK(createaccount_client_submit(client, &step, NULL));
    CHECK(createaccount_step_kind(step) == CREATEACCOUNT_STEP_PASS);
    createaccount_step_free(step);
    createaccount_client_free(client);
    CHECK(lines > 0 && warnings == 1 && forms == 1);
}

/* A begin over a transport that does something wrong. */
static void begin_fails(createaccount_send_fn send, createaccount_status_t expected, const char *message)
{
    createaccount_config *config = createaccount_config_new();
    createaccount_step *step = NULL;
    createaccount_error *error = NULL;

    OK(createaccount_config_set_transport(config, send, NULL, NULL, NULL));
    OK(createaccount_client_new("https://wiki.example/api.php", config, &client, NULL));
    createaccount_config_free(config);
    CHECK(createaccount_client_begin(client, 0, &step, &error) == expected);
    CHECK(createaccount_error_status(error) == expected);
    CHECK(strstr(createaccount_error_message(error), message) != NULL);
    CHECK(step == NULL);
    createaccount_error_free(error);
    createaccount_client_free(client);
}

static int32_t fail(void *user_data, const createaccount_http_request *request,
                    createaccount_http_response *response)
{
    (void)user_data, (void)request;
    createaccount_http_response_set_error(response, NULL);
    return -3;
}

static int32_t fail_with_words(void *user_data, const createaccount_http_request *request,
                               createaccount_http_response *response)
{
    (void)user_data, (void)request;
    createaccount_http_response_set_error(response, "The cable is cut.");
    return 1;
}

static int32_t forget_status(void *user_data, const createaccount_http_request *request,
                             createaccount_http_response *response)
{
    (void)user_data, (void)request, (void)response;
    return 0;
}

static int32_t strange_status(void *user_data, const createaccount_http_request *request,
                              createaccount_http_response *response)
{
    (void)user_data, (void)request;
    createaccount_http_response_set_status(response, 100000);
    return 0;
}

static int32_t flood(void *user_data, const createaccount_http_request *request,
                     createaccount_http_response *response)
{
    static const uint8_t part[65536];
    uint64_t sent = 0;

    (void)user_data;
    createaccount_http_response_set_status(response, 200);
    while (createaccount_http_response_append_body(response, part, sizeof part))
        sent += sizeof part;
    CHECK(sent <= createaccount_http_request_body_limit(request));
    CHECK(!createaccount_http_response_append_body(response, part, 1));
    return 0;
}

static int32_t cancel(void *user_data, const createaccount_http_request *request,
                      createaccount_http_response *response)
{
    (void)user_data, (void)response;
    createaccount_client_cancel(client);
    CHECK(createaccount_http_request_poll(request));
    return 1;
}

static createaccount_config *settings;

static bool never(void *user_data)
{
    (void)user_data;
    return false;
}

/* Counts, and goes on to use the very settings that let go of it. */
static void free_and_set_others(void *user_data)
{
    OK(createaccount_config_set_user_agent(settings, "test/2.0", NULL));
    OK(createaccount_config_set_log(settings, log_line, &lines, NULL, NULL));
    OK(createaccount_config_set_transport(settings, canned_send, user_data, canned_free, NULL));
    OK(createaccount_config_set_interrupt(settings, never, NULL, NULL, NULL));
    ((struct canned *)user_data)->freed += 100;
}

/* Each is freed once, and what is set last stays, also when that happens while another one is freed. */
static void free_fn_may_call_setters(void)
{
    struct canned canned[4] = {{0, 0, CANNED_PASS, false}};

    settings = createaccount_config_new();
    OK(createaccount_config_set_log(settings, log_line, &canned[0], free_and_set_others, NULL));
    OK(createaccount_config_set_log(settings, log_line, &canned[1], canned_free, NULL));
    CHECK(canned[0].freed == 100 && canned[1].freed == 1);
    OK(createaccount_config_set_transport(settings, canned_send, &canned[2], free_and_set_others, NULL));
    CHECK(canned[0].freed == 101);
    OK(createaccount_config_set_transport(settings, canned_send, &canned[3], canned_free, NULL));
    CHECK(canned[2].freed == 100 && canned[3].freed == 1);
    OK(createaccount_config_set_interrupt(settings, never, &canned[0], free_and_set_others, NULL));
    OK(createaccount_config_set_interrupt(settings, never, &canned[3], canned_free, NULL));
    CHECK(canned[0].freed == 201 && canned[2].freed == 101 && canned[3].freed == 2);
    /* One that is never set is freed as well. */
    OK(createaccount_config_set_log(settings, NULL, &canned[1], free_and_set_others, NULL));
    CHECK(canned[1].freed == 101 && canned[0].freed == 202);
    OK(createaccount_client_new("https://wiki.example/api.php", settings, &client, NULL));
    createaccount_config_free(settings);
    begin(client);
    CHECK(canned[1].sent == 1 && canned[1].freed == 101);
    createaccount_client_free(client);
    CHECK(canned[0].freed == 202 && canned[1].freed == 102 && canned[2].freed == 101 && canned[3].freed == 2);
}

int main(void)
{
    a_sign_up();
    begin_fails(fail, CREATEACCOUNT_STATUS_CALLBACK, "-3");
    begin_fails(fail_with_words, CREATEACCOUNT_STATUS_CALLBACK, "The cable is cut.");
    begin_fails(forget_status, CREATEACCOUNT_STATUS_CALLBACK, "status");
    begin_fails(strange_status, CREATEACCOUNT_STATUS_CALLBACK, "100000");
    begin_fails(flood, CREATEACCOUNT_STATUS_TRANSPORT, "larger");
    begin_fails(cancel, CREATEACCOUNT_STATUS_CANCELLED, "cancelled");
    free_fn_may_call_setters();
    return 0;
}
