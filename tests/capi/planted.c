/* Secrets are planted in all that the library is given and sent: they stand in no log line, no error text and no sealed flow,
 * and when everything is freed, nowhere in the memory of the process. `planted [WIKI]`: over the library's own transport if
 * there is a wiki. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <fcntl.h>
#include <unistd.h>

#define LENGTH 32

enum { PASSWORD, EMAIL, ANSWER, BEARER, KEY, PROXY, HIDDEN, COOKIE, TOKEN, SECRETS };

static const char *const names[SECRETS] = {"password",      "e-mail",         "captcha answer", "bearer token", "seal key",
                                           "proxy password", "hidden value", "cookie",         "token"};

/* No secret stands in the program: it is spelled a letter at a time, into a place that is wiped. */
static char spell(int which, int at)
{
    return (char)('a' + (which * 7 + at * at * 3 + at * which * 5 + 11 * at + 3) % 26);
}

static char planted[SECRETS][LENGTH + 1];
static char reply[4096];

static void wipe(void *place, size_t length)
{
    volatile char *byte = place;

    while (length-- > 0)
        *byte++ = 0;
}

static const char *plant(int which)
{
    for (int at = 0; at < LENGTH; at++)
        planted[which][at] = spell(which, at);
    planted[which][LENGTH] = '\0';
    return planted[which];
}

static bool is_at(const char *text, int which)
{
    int at = 0;

    while (at < LENGTH && text[at] == spell(which, at))
        at++;
    return at == LENGTH;
}

static void holds_none(const char *text, size_t length)
{
    for (size_t i = 0; i + LENGTH <= length; i++)
        for (int which = 0; which < SECRETS; which++)
            CHECK(!is_at(text + i, which));
}

static void log_line(void *user_data, int32_t level, const char *text)
{
    (void)level;
    ++*(int *)user_data;
    holds_none(text, strlen(text));
}

static const char FORM[] =
    "{\"query\":{\"authmanagerinfo\":{\"requests\":[{\"id\":\"A\",\"required\":\"primary-required\",\"fields\":{"
    "\"username\":{\"type\":\"string\"},\"password\":{\"type\":\"password\"},\"retype\":{\"type\":\"password\"},"
    "\"email\":{\"type\":\"string\"},\"captchaWord\":{\"type\":\"string\"},"
    "\"state\":{\"type\":\"hidden\",\"value\":\"%s\"}}}]},\"tokens\":{\"createaccounttoken\":\"%s\"}}}";

/* A canned wiki: a form, then no answer, then PASS. */
static int32_t answer(void *user_data, const createaccount_http_request *request, createaccount_http_response *response)
{
    int *posts = user_data;
    char cookie[LENGTH + 32];

    createaccount_http_response_set_status(response, 200);
    snprintf(cookie, sizeof cookie, "session=%s; path=/; HttpOnly", plant(COOKIE));
    createaccount_http_response_add_header(response, "Set-Cookie", cookie);
    wipe(cookie, sizeof cookie);
    if (strcmp(createaccount_http_request_method(request), "GET") == 0)
        snprintf(reply, sizeof reply, FORM, plant(HIDDEN), plant(TOKEN));
    else if (++*posts == 1)
        return CREATEACCOUNT_STATUS_TIMEOUT;
    else
        snprintf(reply, sizeof reply, "%s", CANNED_PASS);
    for (const char *at = reply; *at != '\0'; at++)
        CHECK(createaccount_http_response_append_body(response, (const uint8_t *)at, 1));
    wipe(reply, sizeof reply);
    return 0;
}

static void fails(createaccount_status_t status, createaccount_error *error)
{
    const char *message = createaccount_error_message(error);

    CHECK(status != CREATEACCOUNT_STATUS_OK && message != NULL);
    holds_none(message, strlen(message));
    createaccount_error_free(error);
}

static void fill_in(createaccount_client *client)
{
    OK(createaccount_client_set_field(client, "username", "Planted", NULL));
    OK(createaccount_client_set_field(client, "password", plant(PASSWORD), NULL));
    OK(createaccount_client_set_field(client, "email", strcat(strcpy(reply, plant(EMAIL)), "@example.org"), NULL));
    wipe(reply, sizeof reply);
}

static void sign_up(const char *wiki)
{
    createaccount_config *config = createaccount_config_new();
    createaccount_client *client = NULL, *loaded = NULL;
    createaccount_step *step = NULL;
    createaccount_error *error = NULL;
    createaccount_status_t status;
    const char *api_url = wiki != NULL ? wiki : "https://wiki.example/api.php";
    uint8_t *data = NULL;
    size_t length = 0;
    int lines = 0, posts = 0;

    OK(createaccount_config_set_log(config, log_line, &lines, NULL, NULL));
    OK(createaccount_config_set_seal_key(config, (const uint8_t *)plant(KEY), LENGTH, NULL));
    if (wiki == NULL) {
        OK(createaccount_config_set_bearer_token(config, plant(BEARER), NULL));
        OK(createaccount_config_set_transport(config, answer, &posts, NULL, NULL));
    } else {
        /* A proxy that cannot be used is told without its password. */
        snprintf(reply, sizeof reply, "ftp://me:%s@127.0.0.1:1", plant(PROXY));
        OK(createaccount_config_set_proxy(config, reply, NULL));
        status = createaccount_client_new("https://wiki.example/api.php", config, &client, &error);
        fails(status, error);
        error = NULL;
        snprintf(reply, sizeof reply, "http://me:%s@127.0.0.1:1", plant(PROXY));
        OK(createaccount_config_set_proxy(config, reply, NULL));
        wipe(reply, sizeof reply);
        OK(createaccount_client_new("https://wiki.example/api.php", config, &client, NULL));
        status = createaccount_client_begin(client, 0, &step, &error);
        fails(status, error);
        error = NULL;
        createaccount_client_free(client);
        client = NULL;
        OK(createaccount_config_set_proxy(config, NULL, NULL));
    }
    OK(createaccount_client_new(api_url, config, &client, NULL));
    begin(client);
    fill_in(client);
    OK(createaccount_client_save(client, &data, &length, NULL));
    holds_none((const char *)data, length);
    OK(createaccount_client_load(api_url, data, length, config, &loaded, NULL));
    createaccount_bytes_free(data, length);
    createaccount_client_free(client);

    fill_in(loaded);
    if (wiki == NULL) {
        OK(createaccount_client_set_field(loaded, "captchaWord", plant(ANSWER), NULL));
        status = createaccount_client_submit(loaded, &step, &error);
        CHECK(status == CREATEACCOUNT_STATUS_OUTCOME_UNKNOWN);
        fails(status, error);
        begin(loaded);
        fill_in(loaded);
        OK(createaccount_client_set_field(loaded, "captchaWord", plant(ANSWER), NULL));
    }
    OK(createaccount_client_submit(loaded, &step, NULL));
    CHECK(createaccount_step_kind(step) == CREATEACCOUNT_STEP_PASS);
    createaccount_step_free(step);
    createaccount_client_free(loaded);
    createaccount_config_free(config);
    CHECK(lines > 0);
}

/* Finds what is left in the memory that this process writes to, but for cookies: their store keeps copies (SECURITY.md). */
static int hunt(void)
{
    static char window[64 * 1024];
    char line[512];
    unsigned long from, to;
    FILE *maps = fopen("/proc/self/maps", "r");
    int memory = open("/proc/self/mem", O_RDONLY), found = 0;

    CHECK(maps != NULL && memory >= 0);
    while (fgets(line, sizeof line, maps) != NULL) {
        const char *flags = strchr(line, ' ');

        if (sscanf(line, "%lx-%lx", &from, &to) != 2 || flags == NULL || flags[2] != 'w')
            continue;
        for (unsigned long at = from; at < to; at += sizeof window - LENGTH) {
            const size_t wanted = to - at < sizeof window ? to - at : sizeof window;
            const ssize_t count = pread(memory, window, wanted, (off_t)at);

            for (ssize_t i = 0; i + LENGTH <= count; i++) {
                const unsigned long place = at + (unsigned long)i;

                if (place + LENGTH > (unsigned long)window && place < (unsigned long)(window + sizeof window))
                    continue;
                for (int which = 0; which < SECRETS; which++) {
                    if (which != COOKIE && is_at(window + i, which)) {
                        fprintf(stderr, "%s is left at %lx: %s", names[which], place, line);
                        found++;
                    }
                }
            }
        }
    }
    wipe(window, sizeof window);
    close(memory);
    fclose(maps);
    return found;
}

int main(int argc, char **argv)
{
    plant(PASSWORD);
    CHECK(hunt() == 1);
    sign_up(argc > 1 ? argv[1] : NULL);
    wipe(planted, sizeof planted);
    CHECK(hunt() == 0);
    return 0;
}
