/*
 * A host that plays the scenarios through the C API; README.md beside this file has its protocol. Each
 * command is one call of the library.
 */
#define _POSIX_C_SOURCE 200809L

#include <createaccount.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static createaccount_client *client;
static createaccount_error *error;

/* ---- Lines ------------------------------------------------------------------------------------------ */

enum { MAX_ARGUMENTS = 64 };

/* A line that is being put together. Empty parts wait: at the end of a line they are left out. */
static size_t waiting;

static void begin_line(const char *key)
{
    fputs(key, stdout);
    waiting = 0;
}

static void part(const char *prefix, const char *text)
{
    waiting++;
    if (text == NULL || (*text == '\0' && *prefix == '\0'))
        return;
    for (; waiting > 0; waiting--)
        putchar('\t');
    fputs(prefix, stdout);
    for (; *text != '\0'; text++) {
        if (strchr("%\t\n\r", *text) != NULL)
            printf("%%%02X", (unsigned)*text);
        else
            putchar(*text);
    }
}

static void part_upper(const char *text)
{
    char upper[32];
    size_t i = 0;
    for (; text[i] != '\0' && i + 1 < sizeof upper; i++)
        upper[i] = (char)toupper((unsigned char)text[i]);
    upper[i] = '\0';
    part("", upper);
}

static void part_number(long long number)
{
    char digits[32];
    snprintf(digits, sizeof digits, "%lld", number);
    part("", digits);
}

static void end_line(void)
{
    putchar('\n');
}

static void line(const char *key, const char *text)
{
    if (text != NULL) {
        begin_line(key);
        part("", text);
        end_line();
    }
}

static void unescape(char *text)
{
    char *to = text;
    for (; *text != '\0'; to++) {
        unsigned code;
        if (*text == '%' && sscanf(text + 1, "%2x", &code) == 1) {
            *to = (char)code;
            text += 3;
        } else {
            *to = *text++;
        }
    }
    *to = '\0';
}

static void hex_line(const char *key, const uint8_t *data, size_t length, const char *type)
{
    printf("%s\t", key);
    for (size_t i = 0; i < length; i++)
        printf("%02x", data[i]);
    if (type != NULL)
        printf("\t%s", type);
    putchar('\n');
}

static uint8_t *from_hex(const char *hex, size_t *length)
{
    uint8_t *data = malloc(strlen(hex) / 2 + 1);
    for (*length = 0; hex[0] != '\0' && hex[1] != '\0'; hex += 2) {
        unsigned byte = 0;
        sscanf(hex, "%2x", &byte);
        data[(*length)++] = (uint8_t)byte;
    }
    return data;
}

/* ---- Answers ---------------------------------------------------------------------------------------- */

static void error_line(createaccount_status_t status)
{
    begin_line("error");
    part_upper(createaccount_status_name(status));
    part("", createaccount_error_message(error));
    part("", createaccount_error_api_code(error));
    part("", createaccount_error_field(error));
    if (createaccount_error_http_status(error) != 0)
        part_number(createaccount_error_http_status(error));
    else
        part("", NULL);
    if (createaccount_error_retry_after(error) >= 0)
        part_number(createaccount_error_retry_after(error));
    else
        part("", NULL);
    if (createaccount_error_failure(error) != CREATEACCOUNT_FAILURE_NONE)
        part("", createaccount_failure_name(createaccount_error_failure(error)));
    else
        part("", NULL);
    if (createaccount_error_problem(error) != CREATEACCOUNT_PROBLEM_NONE)
        part("", createaccount_problem_name(createaccount_error_problem(error)));
    end_line();
    if (createaccount_error_reason(error) != CREATEACCOUNT_REASON_OTHER)
        line("reason", createaccount_reason_name(createaccount_error_reason(error)));
    createaccount_error_free(error);
    error = NULL;
}

static void field_lines(const createaccount_field *field)
{
    bool required = createaccount_field_is_required(field),
         sensitive = createaccount_field_is_sensitive(field);

    begin_line("field");
    part("", createaccount_field_name(field));
    part("", createaccount_field_type_name(createaccount_field_type(field)));
    part("", createaccount_field_label(field));
    part("", createaccount_field_help(field));
    part("=", createaccount_field_value(field));
    part("", required && sensitive ? "required sensitive"
             : required            ? "required"
             : sensitive           ? "sensitive"
                                   : "");
    end_line();
    for (size_t i = 0; i < createaccount_field_choice_count(field); i++) {
        begin_line("choice");
        part("", createaccount_field_name(field));
        part("", createaccount_field_choice_value_at(field, i));
        part("", createaccount_field_choice_label_at(field, i));
        part("", createaccount_field_choice_is_preset_at(field, i) ? "preset" : "");
        end_line();
    }
}

static void request_line(const createaccount_request *request)
{
    begin_line("request");
    part("", createaccount_request_id(request));
    part("", createaccount_required_name(createaccount_request_required(request)));
    part("", createaccount_request_provider(request));
    part("", createaccount_request_account(request));
    part("", createaccount_request_metadata_json(request));
    for (size_t i = 0; i < createaccount_request_field_count(request); i++) {
        const char *name = createaccount_field_name(createaccount_request_field_at(request, i));
        if (i == 0)
            part("", name);
        else
            printf(",%s", name);
    }
    end_line();
}

static void captcha_line(const createaccount_captcha *captcha)
{
    begin_line("captcha");
    part("", createaccount_captcha_kind_name(createaccount_captcha_kind(captcha)));
    part("", createaccount_captcha_text(captcha));
    part("", createaccount_captcha_mime(captcha));
    part("", createaccount_captcha_site_key(captcha));
    part("", createaccount_captcha_image_url(captcha));
    part("", createaccount_captcha_answer_field(captcha));
    part("", createaccount_captcha_service_name(createaccount_captcha_service(captcha)));
    for (size_t i = 0; i < createaccount_captcha_field_count(captcha); i++) {
        if (i == 0)
            part("", createaccount_captcha_field_at(captcha, i));
        else
            printf(",%s", createaccount_captcha_field_at(captcha, i));
    }
    end_line();
}

static void step_lines(const createaccount_step *step)
{
    line("step", createaccount_step_status(step));
    line("username", createaccount_step_username(step));
    if (createaccount_step_is_login(step))
        puts("is_login");
    line("message", createaccount_step_message(step));
    for (size_t i = 0; i < createaccount_step_message_part_count(step); i++)
        line("message_part", createaccount_step_message_part_at(step, i));
    line("message_code", createaccount_step_message_code(step));
    if (createaccount_step_kind(step) == CREATEACCOUNT_STEP_FAIL)
        line("reason", createaccount_reason_name(createaccount_step_reason(step)));
    if (createaccount_step_retry_after(step) >= 0) {
        begin_line("retry_after");
        part_number(createaccount_step_retry_after(step));
        end_line();
    }
    line("target", createaccount_step_redirect_target(step));
    line("data", createaccount_step_redirect_data(step));
    if (createaccount_step_can_preserve_state(step))
        puts("can_preserve_state");
    for (size_t i = 0; i < createaccount_step_field_count(step); i++)
        field_lines(createaccount_step_field_at(step, i));
    for (size_t i = 0; i < createaccount_step_request_count(step); i++)
        request_line(createaccount_step_request_at(step, i));
    if (createaccount_step_captcha(step) != NULL)
        captcha_line(createaccount_step_captcha(step));
}

static void verdict_line(const createaccount_verdict *verdict)
{
    static const char *const answers[] = {"unknown", "yes", "no"};

    begin_line("verdict");
    part("", answers[createaccount_verdict_answer(verdict)]);
    part("", createaccount_verdict_code(verdict));
    part("", createaccount_verdict_message(verdict));
    part("", createaccount_verdict_canonical(verdict));
    end_line();
}

/* ---- Commands --------------------------------------------------------------------------------------- */

static createaccount_status_t set(createaccount_config *config, const char *key, const char *value)
{
    typedef createaccount_status_t (*text_fn)(createaccount_config *, const char *, createaccount_error **);
    typedef createaccount_status_t (*time_fn)(createaccount_config *, uint64_t, createaccount_error **);
    typedef createaccount_status_t (*flag_fn)(createaccount_config *, bool, createaccount_error **);
    static const struct {
        const char *key;
        text_fn text;
        time_fn time;
        flag_fn flag;
    } setters[] = {
        {"user_agent", createaccount_config_set_user_agent, NULL, NULL},
        {"language", createaccount_config_set_language, NULL, NULL},
        {"message_format", createaccount_config_set_message_format, NULL, NULL},
        {"error_format", createaccount_config_set_error_format, NULL, NULL},
        {"error_language", createaccount_config_set_error_language, NULL, NULL},
        {"return_url", createaccount_config_set_return_url, NULL, NULL},
        {"proxy", createaccount_config_set_proxy, NULL, NULL},
        {"ca_file", createaccount_config_set_ca_file, NULL, NULL},
        {"bearer_token", createaccount_config_set_bearer_token, NULL, NULL},
        {"timeout_ms", NULL, createaccount_config_set_timeout_ms, NULL},
        {"connect_timeout_ms", NULL, createaccount_config_set_connect_timeout_ms, NULL},
        {"deadline_ms", NULL, createaccount_config_set_deadline_ms, NULL},
        {"retry_budget_ms", NULL, createaccount_config_set_retry_budget_ms, NULL},
        {"reconcile_wait_ms", NULL, createaccount_config_set_reconcile_wait_ms, NULL},
        {"allow_http", NULL, NULL, createaccount_config_set_allow_http},
        {"merge_fields", NULL, NULL, createaccount_config_set_merge_fields},
    };
    for (size_t i = 0; i < sizeof setters / sizeof *setters; i++) {
        if (strcmp(setters[i].key, key) != 0)
            continue;
        if (setters[i].text != NULL)
            return setters[i].text(config, value, &error);
        if (setters[i].time != NULL)
            return setters[i].time(config, strtoull(value, NULL, 10), &error);
        return setters[i].flag(config, strcmp(value, "1") == 0, &error);
    }
    bool seals = strcmp(key, "seal_key") == 0;
    if (seals || strcmp(key, "open_key") == 0) {
        size_t length;
        uint8_t *bytes = from_hex(value, &length);
        createaccount_status_t status = seals ? createaccount_config_set_seal_key(config, bytes, length, &error)
                                            : createaccount_config_add_open_key(config, bytes, length, &error);
        free(bytes);
        return status;
    }
    fprintf(stderr, "host: no such setting: %s\n", key);
    exit(2);
}

static createaccount_status_t set_all(createaccount_config *config, char **settings, size_t count)
{
    createaccount_status_t status = CREATEACCOUNT_STATUS_OK;

    for (size_t i = 0; i < count && status == CREATEACCOUNT_STATUS_OK; i++) {
        char *value = strchr(settings[i], '=');
        *value = '\0';
        status = set(config, settings[i], value + 1);
    }
    return status;
}

static createaccount_status_t find_api(const char *url, char **settings, size_t count)
{
    createaccount_config *config = createaccount_config_new();
    createaccount_status_t status = set_all(config, settings, count);
    char *api_url = NULL;

    if (status == CREATEACCOUNT_STATUS_OK)
        status = createaccount_find_api(url, config, &api_url, &error);
    line("api_url", api_url);
    createaccount_string_free(api_url);
    createaccount_config_free(config);
    return status;
}

/* Opens a client: `hex` is what was saved, or NULL for a new one. */
static createaccount_status_t open_client(const char *api_url, const char *hex, char **settings, size_t count)
{
    createaccount_config *config = createaccount_config_new();
    createaccount_status_t status = set_all(config, settings, count);
    createaccount_client *opened = NULL;

    if (status == CREATEACCOUNT_STATUS_OK && hex != NULL) {
        size_t length;
        uint8_t *data = from_hex(hex, &length);
        status = createaccount_client_load(api_url, data, length, config, &opened, &error);
        free(data);
    } else if (status == CREATEACCOUNT_STATUS_OK) {
        status = createaccount_client_new(api_url, config, &opened, &error);
    }
    createaccount_config_free(config);
    if (status == CREATEACCOUNT_STATUS_OK) {
        createaccount_client_free(client);
        client = opened;
        createaccount_step *step = createaccount_client_step(client);
        if (step != NULL)
            step_lines(step);
        createaccount_step_free(step);
    }
    return status;
}

static createaccount_status_t run(char **arguments, size_t count)
{
    const char *command = arguments[0];
    const char *first = count > 1 ? arguments[1] : "", *second = count > 2 ? arguments[2] : "";
    createaccount_status_t status;
    createaccount_step *step = NULL;
    createaccount_verdict *verdict = NULL;
    uint8_t *data = NULL;
    size_t length = 0;
    const char *key = "image", *type = NULL;

    if (strcmp(command, "new") == 0)
        return open_client(first, NULL, arguments + 2, count - 2);
    if (strcmp(command, "load") == 0)
        return open_client(first, second, arguments + 3, count - 3);
    if (strcmp(command, "find_api") == 0)
        return find_api(first, arguments + 2, count - 2);
    if (strcmp(command, "use") == 0)
        return createaccount_client_use_request(client, first, &error);
    if (strcmp(command, "set") == 0)
        return createaccount_client_set_field(client, first, second, &error);
    if (strcmp(command, "unset") == 0)
        return createaccount_client_set_field(client, first, NULL, &error);
    if (strcmp(command, "choose") == 0)
        return createaccount_client_add_choice(client, first, second, &error);
    if (strcmp(command, "unchecked") == 0)
        return createaccount_client_set_unchecked(client, strcmp(first, "1") == 0, &error);

    if (strcmp(command, "begin") == 0) {
        uint32_t flags = count > 1 ? CREATEACCOUNT_BEGIN_PRESERVE_STATE : 0;
        status = createaccount_client_begin(client, flags, &step, &error);
    } else if (strcmp(command, "begin_login") == 0) {
        status = createaccount_client_begin_login(client, &step, &error);
    } else if (strcmp(command, "login") == 0) {
        status = createaccount_client_login(client, first, second, &step, &error);
    } else if (strcmp(command, "submit") == 0) {
        status = createaccount_client_submit(client, &step, &error);
    } else if (strcmp(command, "resume") == 0) {
        status = createaccount_client_resume(client, first, (const uint8_t *)second, strlen(second), &step,
                                             &error);
    } else if (strcmp(command, "reconcile") == 0) {
        status = createaccount_client_reconcile(client, &step, &error);
    } else if (strcmp(command, "reconcile_name") == 0) {
        status = createaccount_client_reconcile_name(client, first, strtoll(second, NULL, 10), &step, &error);
    } else if (strcmp(command, "wiki_time") == 0) {
        printf("time\t%lld\n", (long long)createaccount_client_wiki_time(client));
        return CREATEACCOUNT_STATUS_OK;
    } else if (strcmp(command, "can_create") == 0) {
        status = createaccount_client_can_create(client, &verdict, &error);
    } else if (strcmp(command, "check_username") == 0) {
        status = createaccount_client_check_username(client, first, &verdict, &error);
    } else if (strcmp(command, "check_password") == 0) {
        status = createaccount_client_check_password(client, first, *second != '\0' ? second : NULL, &verdict,
                                                     &error);
    } else if (strcmp(command, "captcha_image") == 0) {
        status = createaccount_client_captcha_image(client, &data, &length, &error);
        type = status == CREATEACCOUNT_STATUS_OK ? createaccount_image_type(data, length) : NULL;
    } else if (strcmp(command, "save") == 0) {
        key = "data_hex";
        status = createaccount_client_save(client, &data, &length, &error);
    } else {
        fprintf(stderr, "host: no such command: %s\n", command);
        exit(2);
    }
    if (step != NULL)
        step_lines(step);
    if (verdict != NULL)
        verdict_line(verdict);
    if (data != NULL)
        hex_line(key, data, length, type);
    createaccount_step_free(step);
    createaccount_verdict_free(verdict);
    createaccount_bytes_free(data, length);
    return status;
}

int main(void)
{
    char *input = NULL;
    size_t size = 0;

    while (getline(&input, &size, stdin) > 0) {
        char *arguments[MAX_ARGUMENTS];
        size_t count = 0;
        createaccount_status_t status;

        input[strcspn(input, "\n")] = '\0';
        for (char *next = input; next != NULL && count < MAX_ARGUMENTS;) {
            arguments[count++] = next;
            next = strchr(next, '\t');
            if (next != NULL)
                *next++ = '\0';
        }
        for (size_t i = 0; i < count; i++)
            unescape(arguments[i]);
        status = run(arguments, count);
        if (status != CREATEACCOUNT_STATUS_OK)
            error_line(status);
        puts(".");
        fflush(stdout);
    }
    free(input);
    createaccount_client_free(client);
    return 0;
}
