/* Any calls of the C API in any order, as bytes decide: `calls COUNT FILE…` plays each file, and COUNT changed ones. The fuzz
 * target of the same name gives `calls` bytes of its own.
 *
 * Before the first NUL stand the calls: a letter each (see `play`), then digits for the handles, then lines for the strings;
 * "-" is NULL. Line feeds between calls are for the reader. What follows are the wiki's replies, with a NUL between them (see `send`). Handles are freed once and strings
 * end in NUL, as the header demands; all else is up to the bytes.
 */
#include "check.h"

#define API "https://wiki.example/w/api.php"
#define SLOTS 3
#define MAX_CALL_TEXT 512

struct bytes {
    const uint8_t *at, *end;
};

static createaccount_config *configs[SLOTS];
static createaccount_client *clients[SLOTS];
static struct {
    uint8_t *data;
    size_t length;
} saved[SLOTS];
static struct bytes replies;
/* The client whose call is in progress. */
static createaccount_client *busy;

static uint8_t next(struct bytes *in)
{
    return in->at < in->end ? *in->at++ : 0;
}

static size_t slot(struct bytes *in)
{
    return next(in) % SLOTS;
}

/* The next line, or NULL. */
static const char *line(struct bytes *in, char text[MAX_CALL_TEXT])
{
    size_t length = 0;

    while (in->at < in->end && *in->at != '\n' && length < MAX_CALL_TEXT - 1)
        text[length++] = (char)*in->at++;
    if (in->at < in->end && *in->at == '\n')
        in->at++;
    text[length] = '\0';
    return strcmp(text, "-") == 0 ? NULL : text;
}

/* What is left of a reply, which ends at the next NUL. */
static struct bytes reply(void)
{
    struct bytes it = replies;

    while (replies.at < replies.end && *replies.at != '\0')
        replies.at++;
    it.end = replies.at;
    if (replies.at < replies.end)
        replies.at++;
    return it;
}

/* A text that is shown has nothing that a terminal acts on. */
static void shown(const char *text)
{
    for (; text != NULL && *text != '\0'; text++)
        CHECK((uint8_t)*text >= 0x20 ? *text != 0x7f : *text == '\t' || *text == '\n');
}

static void kept(const char *text)
{
    CHECK(text == NULL || strlen(text) < 16 * 1024 * 1024);
}

static void log_line(void *user_data, int32_t level, const char *text)
{
    (void)user_data;
    CHECK(level >= 1 && level <= 5);
    shown(text);
    CHECK(strchr(text, '\n') == NULL);
}

static bool interrupted(void *user_data)
{
    return *(char *)user_data == '1' && replies.at == replies.end;
}

/* A reply begins with "!" for HTTP 503, "^" for a redirect to its first line, "#" for cookies in its first line; "?" is a time
 * limit, "~" a request that was not sent, "@" is cancelled meanwhile. */
static int32_t send(void *user_data, const createaccount_http_request *request, createaccount_http_response *response)
{
    struct bytes body = reply();
    createaccount_step *step = NULL;
    char text[MAX_CALL_TEXT];
    bool is_whole;
    size_t half;

    (void)user_data;
    kept(createaccount_http_request_url(request));
    for (size_t i = 0; i <= createaccount_http_request_header_count(request); i++) {
        kept(createaccount_http_request_header_name_at(request, i));
        kept(createaccount_http_request_header_value_at(request, i));
    }
    CHECK((createaccount_http_request_body(request) == NULL) == (createaccount_http_request_body_length(request) == 0));
    CHECK((createaccount_http_request_body(request) != NULL) ==
          (strcmp(createaccount_http_request_method(request), "POST") == 0));
    TOO_EARLY(createaccount_client_begin(busy, 0, &step, NULL));
    CHECK(createaccount_client_step(busy) == NULL && step == NULL);

    if (body.at == body.end)
        return CREATEACCOUNT_STATUS_TIMEOUT;
    createaccount_http_response_set_status(response, 200);
    switch (*body.at) {
    case '?':
        return CREATEACCOUNT_STATUS_TIMEOUT;
    case '~':
        createaccount_http_response_set_error(response, line(&body, text));
        createaccount_http_response_set_not_sent(response);
        return CREATEACCOUNT_STATUS_TRANSPORT;
    case '@':
        next(&body);
        createaccount_client_cancel(busy);
        break;
    case '!':
        next(&body);
        createaccount_http_response_set_status(response, 503);
        createaccount_http_response_add_header(response, "Retry-After", "5");
        break;
    case '^':
        next(&body);
        createaccount_http_response_set_status(response, 302);
        createaccount_http_response_add_header(response, "Location", line(&body, text));
        break;
    case '#':
        next(&body);
        createaccount_http_response_add_header(response, "Set-Cookie", line(&body, text));
        break;
    default:
        break;
    }
    half = (size_t)(body.end - body.at) / 2;
    is_whole = createaccount_http_response_append_body(response, body.at, half);
    CHECK(createaccount_http_response_append_body(response, body.at + half, (size_t)(body.end - body.at) - half));
    CHECK(is_whole);
    return 0;
}

static void look_at_field(const createaccount_field *field)
{
    kept(createaccount_field_name(field));
    kept(createaccount_field_value(field));
    shown(createaccount_field_label(field));
    shown(createaccount_field_help(field));
    (void)createaccount_field_type(field);
    (void)createaccount_field_is_required(field);
    (void)createaccount_field_is_sensitive(field);
    (void)createaccount_field_asks(field);
    for (size_t i = 0; i <= createaccount_field_choice_count(field); i++) {
        kept(createaccount_field_choice_value_at(field, i));
        shown(createaccount_field_choice_label_at(field, i));
        (void)createaccount_field_choice_is_preset_at(field, i);
    }
}

static void look_at_captcha(const createaccount_captcha *captcha)
{
    (void)createaccount_captcha_kind(captcha);
    kept(createaccount_captcha_service_name(createaccount_captcha_service(captcha)));
    shown(createaccount_captcha_text(captcha));
    kept(createaccount_captcha_mime(captcha));
    kept(createaccount_captcha_site_key(captcha));
    kept(createaccount_captcha_image_url(captcha));
    kept(createaccount_captcha_answer_field(captcha));
    for (size_t i = 0; i <= createaccount_captcha_field_count(captcha); i++)
        kept(createaccount_captcha_field_at(captcha, i));
}

/* Reads all of a step, and frees it. */
static void look_at_step(createaccount_step *step)
{
    kept(createaccount_step_status(step));
    shown(createaccount_step_message(step));
    shown(createaccount_step_message_code(step));
    shown(createaccount_step_username(step));
    shown(createaccount_step_preserved_username(step));
    kept(createaccount_reason_name(createaccount_step_reason(step)));
    kept(createaccount_step_redirect_target(step));
    kept(createaccount_step_redirect_data(step));
    kept(createaccount_step_return_url(step));
    kept(createaccount_step_raw_json(step));
    CHECK(createaccount_step_retry_after(step) >= -1);
    CHECK((createaccount_step_kind(step) == CREATEACCOUNT_STEP_REDIRECT) ==
          (createaccount_step_redirect_target(step) != NULL));
    (void)createaccount_step_message_is_own(step);
    (void)createaccount_step_catches_return(step);
    (void)createaccount_step_can_create(step);
    (void)createaccount_step_can_preserve_state(step);
    (void)createaccount_step_has_preserved_state(step);
    for (size_t i = 0; i <= createaccount_step_message_part_count(step); i++)
        shown(createaccount_step_message_part_at(step, i));
    for (size_t i = 0; i <= createaccount_step_field_count(step); i++)
        look_at_field(createaccount_step_field_at(step, i));
    for (size_t i = 0; i <= createaccount_step_request_count(step); i++) {
        const createaccount_request *request = createaccount_step_request_at(step, i);

        kept(createaccount_request_id(request));
        shown(createaccount_request_provider(request));
        shown(createaccount_request_account(request));
        kept(createaccount_request_metadata_json(request));
        kept(createaccount_required_name(createaccount_request_required(request)));
        for (size_t j = 0; j <= createaccount_request_field_count(request); j++)
            look_at_field(createaccount_request_field_at(request, j));
    }
    look_at_captcha(createaccount_step_captcha(step));
    createaccount_step_free(step);
}

/* An error is given when a call fails, and an output only when it does not. */
static bool ended(createaccount_status_t status, bool is_output_written, createaccount_error *error)
{
    CHECK(status != CREATEACCOUNT_STATUS_PANIC);
    CHECK((status == CREATEACCOUNT_STATUS_OK) == is_output_written);
    CHECK((status == CREATEACCOUNT_STATUS_OK) == (error == NULL));
    CHECK(createaccount_error_status(error) == status);
    shown(createaccount_error_message(error));
    shown(createaccount_error_api_code(error));
    kept(createaccount_error_field(error));
    kept(createaccount_reason_name(createaccount_error_reason(error)));
    kept(createaccount_failure_name(createaccount_error_failure(error)));
    CHECK(createaccount_error_retry_after(error) >= -1);
    createaccount_error_free(error);
    return status == CREATEACCOUNT_STATUS_OK;
}

/* A call without an output; its last argument is `&error`. */
#define CALLED(call)                                                \
    do {                                                            \
        createaccount_error *error = NULL;                          \
        const createaccount_status_t status = (call);                 \
        ended(status, status == CREATEACCOUNT_STATUS_OK, error);    \
    } while (0)

static void register_callbacks(createaccount_config *config, uint8_t which)
{
    char *user_data = malloc(1);

    CHECK(user_data != NULL);
    *user_data = (char)which;
    switch (which % 4) {
    case 0:
        CALLED(createaccount_config_set_log(config, log_line, user_data, free, &error));
        break;
    case 1:
        CALLED(createaccount_config_set_interrupt(config, interrupted, user_data, free, &error));
        break;
    case 2:
        CALLED(createaccount_config_set_log(config, NULL, user_data, free, &error));
        break;
    default:
        CALLED(createaccount_config_set_transport(config, send, user_data, free, &error));
        break;
    }
}

static void renew_config(size_t which)
{
    createaccount_config_free(configs[which]);
    configs[which] = createaccount_config_new();
    register_callbacks(configs[which], 3);
    /* Nobody waits here. */
    OK(createaccount_config_set_reconcile_wait_ms(configs[which], 0, NULL));
}

static void set_text(createaccount_config *config, uint8_t which, const char *value)
{
    createaccount_status_t (*const setters[])(createaccount_config *, const char *, createaccount_error **) = {
        createaccount_config_set_user_agent,     createaccount_config_set_language,
        createaccount_config_set_message_format, createaccount_config_set_error_format,
        createaccount_config_set_error_language, createaccount_config_set_return_url,
        createaccount_config_set_proxy,          createaccount_config_set_bearer_token,
    };

    CALLED(setters[which % (sizeof setters / sizeof *setters)](config, value, &error));
}

static void set_number(createaccount_config *config, uint8_t which, uint8_t value)
{
    const uint64_t limits[] = {60000, 0, 1, UINT64_MAX};
    const uint64_t limit = limits[value % 4];

    switch (which % 6) {
    case 0:
        CALLED(createaccount_config_set_timeout_ms(config, limit, &error));
        break;
    case 1:
        CALLED(createaccount_config_set_connect_timeout_ms(config, limit, &error));
        break;
    case 2:
        CALLED(createaccount_config_set_deadline_ms(config, limit, &error));
        break;
    case 3:
        CALLED(createaccount_config_set_retry_budget_ms(config, value % 2, &error));
        break;
    case 4:
        CALLED(createaccount_config_set_allow_http(config, value % 2, &error));
        break;
    default:
        CALLED(createaccount_config_set_merge_fields(config, value % 2, &error));
        break;
    }
}

static void set_key(createaccount_config *config, uint8_t which, uint8_t value)
{
    uint8_t key[33];
    const size_t length = which % 4 == 3 ? sizeof key : 32;

    memset(key, value, sizeof key);
    switch (which % 4) {
    case 1:
        CALLED(createaccount_config_add_open_key(config, key, length, &error));
        break;
    case 2:
        CALLED(createaccount_config_set_seal_key(config, NULL, 0, &error));
        break;
    default:
        CALLED(createaccount_config_set_seal_key(config, key, length, &error));
        break;
    }
}

static void take_step(createaccount_status_t status, createaccount_step *step, createaccount_error *error)
{
    if (ended(status, step != NULL, error))
        look_at_step(step);
}

static void take_verdict(createaccount_status_t status, createaccount_verdict *verdict, createaccount_error *error)
{
    if (ended(status, verdict != NULL, error)) {
        (void)createaccount_verdict_answer(verdict);
        shown(createaccount_verdict_code(verdict));
        shown(createaccount_verdict_message(verdict));
        shown(createaccount_verdict_canonical(verdict));
        createaccount_verdict_free(verdict);
    }
}

static void take_client(createaccount_status_t status, size_t which, createaccount_client *client, createaccount_error *error)
{
    if (ended(status, client != NULL, error)) {
        createaccount_client_free(clients[which]);
        clients[which] = client;
    }
}

/* One call: a letter for what it is. Large or small, so that a changed byte is a call more often. */
static void play(struct bytes *in)
{
    createaccount_step *step = NULL;
    createaccount_verdict *verdict = NULL;
    createaccount_client *made = NULL, *client;
    createaccount_error *error = NULL;
    createaccount_status_t status;
    char a[MAX_CALL_TEXT], b[MAX_CALL_TEXT];
    const char *first, *second;
    const char call = (char)((next(in) & 31) | 96);
    const size_t which = slot(in);
    uint8_t *data = NULL;
    size_t length = 0, other;

    if (configs[which] == NULL)
        renew_config(which);
    busy = client = clients[which];
    switch (call) {
    case 'c':
        renew_config(which);
        break;
    case 'o':
        register_callbacks(configs[which], next(in));
        break;
    case 'g':
        other = next(in);
        set_text(configs[which], (uint8_t)other, line(in, a));
        break;
    case 'h':
        other = next(in);
        set_number(configs[which], (uint8_t)other, next(in));
        break;
    case 'k':
        other = next(in);
        set_key(configs[which], (uint8_t)other, next(in));
        break;
    case 'n':
        first = line(in, a);
        status = createaccount_client_new(first != NULL && *first == '\0' ? API : first, configs[which], &made, &error);
        take_client(status, which, made, error);
        break;
    case 'z':
        createaccount_client_free(client);
        clients[which] = NULL;
        break;
    case 'b':
        status = createaccount_client_begin(client, next(in) % 8, &step, &error);
        take_step(status, step, error);
        break;
    case 'm':
        first = line(in, a);
        second = line(in, b);
        status = createaccount_client_login(client, first, second, &step, &error);
        take_step(status, step, error);
        break;
    case 'u':
        CALLED(createaccount_client_use_request(client, line(in, a), &error));
        break;
    case 'f':
        first = line(in, a);
        second = line(in, b);
        CALLED(createaccount_client_set_field(client, first, second, &error));
        break;
    case 'a':
        first = line(in, a);
        second = line(in, b);
        CALLED(createaccount_client_add_choice(client, first, second, &error));
        break;
    case 'e':
        CALLED(createaccount_client_set_unchecked(client, next(in) % 2, &error));
        break;
    case 's':
        status = createaccount_client_submit(client, &step, &error);
        take_step(status, step, error);
        break;
    case 'r':
        first = line(in, a);
        second = line(in, b);
        length = second != NULL ? strlen(second) : 0;
        status = createaccount_client_resume(client, first, (const uint8_t *)second, length, &step, &error);
        take_step(status, step, error);
        break;
    case 'y':
        status = createaccount_client_reconcile(client, &step, &error);
        take_step(status, step, error);
        break;
    case 'q':
        other = next(in);
        status = createaccount_client_reconcile_name(client, line(in, a), (int64_t)other * 90000000 - 1, &step, &error);
        take_step(status, step, error);
        break;
    case 't':
        CHECK(createaccount_client_wiki_time(client) >= -1);
        step = createaccount_client_step(client);
        if (step != NULL)
            look_at_step(step);
        break;
    case 'i':
        status = createaccount_client_captcha_image(client, &data, &length, &error);
        if (ended(status, data != NULL, error))
            CHECK(createaccount_image_type(data, length) != NULL);
        createaccount_bytes_free(data, length);
        break;
    case 'j':
        status = createaccount_client_can_create(client, &verdict, &error);
        take_verdict(status, verdict, error);
        break;
    case 'v':
        status = createaccount_client_check_username(client, line(in, a), &verdict, &error);
        take_verdict(status, verdict, error);
        break;
    case 'p':
        first = line(in, a);
        second = line(in, b);
        status = createaccount_client_check_password(client, first, second, &verdict, &error);
        take_verdict(status, verdict, error);
        break;
    case 'x':
        createaccount_client_cancel(client);
        break;
    case 'd':
        other = slot(in);
        status = createaccount_client_save(client, &data, &length, &error);
        if (ended(status, data != NULL, error)) {
            createaccount_bytes_free(saved[other].data, saved[other].length);
            saved[other].data = data;
            saved[other].length = length;
        }
        break;
    case 'w':
        /* Somebody changes what was saved. */
        other = slot(in);
        length = next(in);
        if (length < saved[other].length)
            saved[other].data[length] = next(in);
        break;
    case 'l':
        other = slot(in);
        status = createaccount_client_load(API, saved[other].data, saved[other].length, configs[which], &made, &error);
        take_client(status, which, made, error);
        break;
    default:
        break;
    }
    busy = NULL;
}

void calls(const uint8_t *data, size_t length);

void calls(const uint8_t *data, size_t length)
{
    const uint8_t *nul = length > 0 ? memchr(data, 0, length) : NULL;
    struct bytes in = {data, nul != NULL ? nul : data + length};

    replies.at = nul != NULL ? nul + 1 : in.end;
    replies.end = data + length;
    for (int count = 0; in.at < in.end && count < 200; count++) {
        if (*in.at == '\n')
            in.at++;
        else
            play(&in);
    }
    for (size_t i = 0; i < SLOTS; i++) {
        createaccount_client_free(clients[i]);
        createaccount_config_free(configs[i]);
        createaccount_bytes_free(saved[i].data, saved[i].length);
        clients[i] = NULL;
        configs[i] = NULL;
        saved[i].data = NULL;
        saved[i].length = 0;
    }
}

#ifndef FUZZING

static uint32_t dice = 1;

static size_t roll(size_t sides)
{
    dice = dice * 1664525 + 1013904223;
    return sides == 0 ? 0 : (dice >> 8) % sides;
}

/* The same seed with some bytes changed, cut out, or said twice. */
static void vary(const uint8_t *seed, size_t length)
{
    uint8_t *data = malloc(2 * length);

    CHECK(data != NULL);
    memcpy(data, seed, length);
    for (size_t i = 0; i <= roll(8); i++) {
        const size_t at = roll(length), part = roll((length - at < 40 ? length - at : 40));

        switch (roll(4)) {
        case 0:
            data[at] = (uint8_t)roll(256);
            break;
        case 1:
            data[at] = seed[roll(length)];
            break;
        case 2:
            memmove(data + at, data + at + part, length - at - part);
            break;
        default:
            memmove(data + at, seed + roll(length - part), part);
            break;
        }
    }
    calls(data, length);
    free(data);
}

int main(int argc, char **argv)
{
    const long count = argc > 1 ? strtol(argv[1], NULL, 10) : 0;

    CHECK(argc > 2);
    for (int i = 2; i < argc; i++) {
        static uint8_t seed[64 * 1024];
        FILE *file = fopen(argv[i], "rb");
        size_t length;

        CHECK(file != NULL);
        length = fread(seed, 1, sizeof seed, file);
        fclose(file);
        CHECK(length > 0);
        calls(seed, length);
        for (long n = 0; n < count; n++)
            vary(seed, length);
    }
    return 0;
}

#endif
