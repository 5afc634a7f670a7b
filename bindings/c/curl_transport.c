/*
 * Makes an account on a wiki through libcurl, in place of the library's own transport.
 *
 *   curl_transport API_URL NAME PASSWORD [SECONDS]
 *
 * SECONDS is the time for one exchange with the wiki. Ctrl-C cancels. The exit status is 0 only when the
 * account was made. Build it with libcurl 7.87 or newer:
 *
 *   cc curl_transport.c -o curl_transport -lcreateaccount -lcurl -pthread
 *
 * For a program of your own, copy `send_by_curl` and what stands above it. Cookies, redirects and retries stay
 * with the library; proxy and certificates are curl's.
 */
#define _POSIX_C_SOURCE 200809L

#include <createaccount.h>
#include <curl/curl.h>

#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- The transport ------------------------------------------------------------------------------------ */

struct body {
    createaccount_http_response *response;
    bool too_large;
};

static size_t receive(char *data, size_t size, size_t count, void *user_data)
{
    struct body *body = user_data;

    body->too_large = !createaccount_http_response_append_body(body->response, (uint8_t *)data, size * count);
    /* Any other number than was given ends the transfer. */
    return body->too_large ? 0 : size * count;
}

/* The headers of a request, as curl wants them. NULL when there is no memory. */
static struct curl_slist *headers_of(const createaccount_http_request *request)
{
    struct curl_slist *list = NULL;

    for (size_t i = 0; i < createaccount_http_request_header_count(request); i++) {
        const char *name = createaccount_http_request_header_name_at(request, i);
        const char *value = createaccount_http_request_header_value_at(request, i);
        size_t size = strlen(name) + strlen(value) + sizeof ": ";
        char *line = malloc(size);
        struct curl_slist *longer = NULL;

        if (line != NULL) {
            snprintf(line, size, "%s: %s", name, value);
            longer = curl_slist_append(list, line);
            free(line);
        }
        if (longer == NULL) {
            curl_slist_free_all(list);
            return NULL;
        }
        list = longer;
    }
    return list;
}

static long milliseconds(uint64_t time)
{
    return time < LONG_MAX ? (long)time : LONG_MAX;
}

static void set_up(CURL *curl, const createaccount_http_request *request, struct curl_slist *headers)
{
    curl_easy_setopt(curl, CURLOPT_URL, createaccount_http_request_url(request));
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    if (strcmp(createaccount_http_request_method(request), "POST") == 0) {
        size_t length = createaccount_http_request_body_length(request);
        const uint8_t *data = createaccount_http_request_body(request);

        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)length);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, data != NULL ? (const char *)data : "");
        /* When a connection that was kept open turns out to be dead, curl sends the request again over a new
         * one. It cannot know whether the wiki got it before, and a creation must not be sent twice. */
        curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
    }
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, ""); /* all that curl can decode */
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, milliseconds(createaccount_http_request_timeout_ms(request)));
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                     milliseconds(createaccount_http_request_connect_timeout_ms(request)));
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);   /* for programs with threads */
    curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L); /* a slow name server does not hold a cancellation up */
}

/* Goes on until the transfer is over or the call cancelled. curl_easy_perform asks its progress callback only
 * once a second while nothing comes, which is too seldom. */
static CURLcode perform(CURLM *multi, CURL *curl, const createaccount_http_request *request)
{
    CURLcode code = CURLE_ABORTED_BY_CALLBACK;
    CURLMsg *message;
    int running = 1, left;

    if (curl_multi_add_handle(multi, curl) != CURLM_OK)
        return CURLE_FAILED_INIT;
    while (running > 0 && !createaccount_http_request_poll(request)) {
        if (curl_multi_perform(multi, &running) != CURLM_OK)
            break;
        if (running > 0)
            curl_multi_poll(multi, NULL, 0, 100, NULL);
    }
    while ((message = curl_multi_info_read(multi, &left)) != NULL)
        code = message->data.result;
    curl_multi_remove_handle(multi, curl);
    return code;
}

/* A createaccount_send_fn. Its user data is a CURLM, which keeps connections open for clients of one thread. */
static int32_t send_by_curl(void *user_data, const createaccount_http_request *request,
                            createaccount_http_response *response)
{
    struct body body = {response, false};
    struct curl_slist *headers = headers_of(request);
    struct curl_header *header = NULL;
    char reason[CURL_ERROR_SIZE] = "";
    CURL *curl = curl_easy_init();
    CURLcode code = CURLE_OUT_OF_MEMORY;
    long status = 0, sent = 0;

    if (curl != NULL && headers != NULL) {
        set_up(curl, request, headers);
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive);
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
        curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason);
        code = perform(user_data, curl, request);
        curl_easy_getinfo(curl, CURLINFO_REQUEST_SIZE, &sent);
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    }
    if (code == CURLE_OK || body.too_large) {
        /* The library says itself what it thinks of a body that is too large. */
        createaccount_http_response_set_status(response, (int32_t)status);
        while ((header = curl_easy_nextheader(curl, CURLH_HEADER, -1, header)) != NULL)
            createaccount_http_response_add_header(response, header->name, header->value);
        code = CURLE_OK;
    } else {
        createaccount_http_response_set_error(response, *reason != '\0' ? reason : curl_easy_strerror(code));
        /* Not one byte has left: the name was not found, the connection or TLS failed. */
        if (sent == 0)
            createaccount_http_response_set_not_sent(response);
    }
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
    return (int32_t)code;
}

static void forget_connections(void *user_data)
{
    curl_multi_cleanup(user_data);
}

/* ---- The sign-up -------------------------------------------------------------------------------------- */

static createaccount_status_t sign_up(createaccount_client *client, const char *name, const char *password,
                                    createaccount_step **step, createaccount_error **error)
{
    createaccount_step *form = NULL;
    createaccount_status_t status = createaccount_client_begin(client, 0, &form, error);

    createaccount_step_free(form);
    if (status == CREATEACCOUNT_STATUS_OK)
        status = createaccount_client_set_field(client, "username", name, error);
    if (status == CREATEACCOUNT_STATUS_OK)
        status = createaccount_client_set_field(client, "password", password, error);
    if (status == CREATEACCOUNT_STATUS_OK)
        status = createaccount_client_submit(client, step, error);
    if (status == CREATEACCOUNT_STATUS_OUTCOME_UNKNOWN) {
        printf("%s\nAsking the wiki ...\n", createaccount_error_message(*error));
        createaccount_error_free(*error);
        *error = NULL;
        status = createaccount_client_reconcile(client, step, error);
    }
    return status;
}

/* Takes Ctrl-C, on a thread of its own: cancelling is not for signal handlers. */
static void *wait_for_interrupts(void *client)
{
    sigset_t interrupt;
    int number;

    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    while (sigwait(&interrupt, &number) == 0)
        createaccount_client_cancel(client);
    return NULL;
}

int main(int argc, char **argv)
{
    createaccount_config *config = createaccount_config_new();
    createaccount_client *client = NULL;
    createaccount_step *step = NULL;
    createaccount_error *error = NULL;
    createaccount_status_t status;
    pthread_t waiter;
    sigset_t interrupt;
    bool made = false;
    CURLM *multi;

    if (argc < 4) {
        fputs("usage: curl_transport API_URL NAME PASSWORD [SECONDS]\n", stderr);
        return 2;
    }
    curl_global_init(CURL_GLOBAL_DEFAULT);
    multi = curl_multi_init();
    createaccount_config_set_user_agent(
        config, "createaccount-example/1.0 (https://www.mediawiki.org/wiki/API:Account_creation)", NULL);
    if (argc > 4)
        createaccount_config_set_timeout_ms(config, strtoull(argv[4], NULL, 10) * 1000, NULL);
    status = createaccount_config_set_transport(config, send_by_curl, multi, forget_connections, &error);
    if (status == CREATEACCOUNT_STATUS_OK)
        status = createaccount_client_new(argv[1], config, &client, &error);
    createaccount_config_free(config);

    if (status == CREATEACCOUNT_STATUS_OK) {
        sigemptyset(&interrupt);
        sigaddset(&interrupt, SIGINT);
        pthread_sigmask(SIG_BLOCK, &interrupt, NULL);
        pthread_create(&waiter, NULL, wait_for_interrupts, client);
        status = sign_up(client, argv[2], argv[3], &step, &error);
        pthread_cancel(waiter);
        pthread_join(waiter, NULL);
    }
    if (status != CREATEACCOUNT_STATUS_OK) {
        printf("%s (status %d)\n", createaccount_error_message(error), (int)status);
    } else if (createaccount_step_kind(step) == CREATEACCOUNT_STEP_PASS) {
        printf("The account %s is made.\n", createaccount_step_username(step));
        made = true;
    } else {
        const char *message = createaccount_step_message(step);
        printf("%s: %s\n", createaccount_step_status(step), message != NULL ? message : "");
    }
    createaccount_error_free(error);
    createaccount_step_free(step);
    createaccount_client_free(client);
    curl_global_cleanup();
    return made ? 0 : 1;
}
