/* Calls that are cancelled by the program's own word: one that waits, and one that has not begun. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t stops;

static void stop(int signal)
{
    (void)signal;
    stops = 1;
}

/* What an interrupt callback is asked. */
struct asked {
    createaccount_client *client;
    pthread_t thread;
    int signal_at; /* the question during which a signal comes, or 0 */
    int times, freed;
};

static bool interrupted(void *user_data)
{
    struct asked *asked = user_data;
    createaccount_step *step = NULL;

    CHECK(pthread_equal(asked->thread, pthread_self()));
    TOO_EARLY(createaccount_client_begin(asked->client, 0, &step, NULL));
    CHECK(createaccount_client_step(asked->client) == NULL && step == NULL);
    if (++asked->times == asked->signal_at)
        raise(SIGINT);
    return stops != 0;
}

static void count(void *user_data)
{
    ((struct asked *)user_data)->freed++;
}

static void is_cancelled(createaccount_client *client)
{
    createaccount_step *step = NULL;
    createaccount_error *error = NULL;

    CHECK(createaccount_client_begin(client, 0, &step, &error) == CREATEACCOUNT_STATUS_CANCELLED);
    CHECK(createaccount_error_status(error) == CREATEACCOUNT_STATUS_CANCELLED && step == NULL);
    createaccount_error_free(error);
}

/* A cancelled exchange is left behind, and ends soon. Linux counts threads as links of this folder. */
static void wait_for_other_threads(void)
{
    struct timespec moment = {0, 10 * 1000 * 1000};
    struct stat threads;

    while (stat("/proc/self/task", &threads) == 0 && threads.st_nlink > 3)
        nanosleep(&moment, NULL);
}

/* A wiki that takes connections and never answers, over the library's own transport; and a signal. */
static void while_it_waits(void)
{
    struct asked asked = {NULL, pthread_self(), 10, 0, 0};
    createaccount_config *config = createaccount_config_new();
    struct sockaddr_in address = {0};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    char api_url[64];

    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(bind(listener, (struct sockaddr *)&address, length) == 0 && listen(listener, 8) == 0);
    CHECK(getsockname(listener, (struct sockaddr *)&address, &length) == 0);
    snprintf(api_url, sizeof api_url, "http://127.0.0.1:%d/api.php", ntohs(address.sin_port));

    OK(createaccount_config_set_interrupt(config, interrupted, &asked, count, NULL));
    OK(createaccount_client_new(api_url, config, &asked.client, NULL));
    createaccount_config_free(config);
    signal(SIGINT, stop);
    stops = 0;
    is_cancelled(asked.client);
    CHECK(asked.times == 10 && asked.freed == 0);
    createaccount_client_free(asked.client);
    CHECK(asked.freed == 1);
    close(listener);
    wait_for_other_threads();
}

/* Then nothing is sent, until it is taken back. */
static void before_it_begins(void)
{
    struct canned canned = {0, 0, CANNED_PASS, false};
    struct asked asked = {NULL, pthread_self(), 0, 0, 0};
    createaccount_config *config = createaccount_config_new();

    OK(createaccount_config_set_transport(config, canned_send, &canned, NULL, NULL));
    OK(createaccount_config_set_interrupt(config, interrupted, &asked, count, NULL));
    OK(createaccount_client_new("https://wiki.example/api.php", config, &asked.client, NULL));
    stops = 1;
    is_cancelled(asked.client);
    is_cancelled(asked.client);
    CHECK(canned.sent == 0 && asked.times == 2);
    stops = 0;
    begin(asked.client);
    CHECK(canned.sent == 1);
    createaccount_client_free(asked.client);

    OK(createaccount_config_set_interrupt(config, NULL, NULL, NULL, NULL));
    CHECK(asked.freed == 1);
    OK(createaccount_client_new("https://wiki.example/api.php", config, &asked.client, NULL));
    createaccount_config_free(config);
    stops = 1;
    begin(asked.client); /* nobody asks any more */
    createaccount_client_free(asked.client);
}

/* Waits for the word. */
static int32_t wait_for_it(void *user_data, const createaccount_http_request *request,
                           createaccount_http_response *response)
{
    struct canned *canned = user_data;

    (void)response;
    while (!createaccount_http_request_poll(request))
        stops = ++canned->sent > 3;
    return 1;
}

static void in_a_transport(void)
{
    struct canned canned = {0, 0, CANNED_PASS, false};
    struct asked asked = {NULL, pthread_self(), 0, 0, 0};
    createaccount_config *config = createaccount_config_new();

    stops = 0;
    OK(createaccount_config_set_transport(config, wait_for_it, &canned, NULL, NULL));
    OK(createaccount_config_set_interrupt(config, interrupted, &asked, count, NULL));
    OK(createaccount_client_new("https://wiki.example/api.php", config, &asked.client, NULL));
    createaccount_config_free(config);
    is_cancelled(asked.client);
    CHECK(canned.sent == 4);
    createaccount_client_free(asked.client);
    CHECK(asked.freed == 1);
}

static bool cancel(void *user_data)
{
    createaccount_client_cancel(*(createaccount_client **)user_data);
    return false;
}

static void by_cancel(void)
{
    struct canned canned = {0, 0, CANNED_PASS, false};
    createaccount_client *client = NULL;
    createaccount_config *config = createaccount_config_new();

    OK(createaccount_config_set_transport(config, canned_send, &canned, NULL, NULL));
    OK(createaccount_config_set_interrupt(config, cancel, &client, NULL, NULL));
    OK(createaccount_client_new("https://wiki.example/api.php", config, &client, NULL));
    createaccount_config_free(config);
    is_cancelled(client);
    CHECK(canned.sent == 0);
    createaccount_client_free(client);
}

int main(void)
{
    while_it_waits();
    before_it_begins();
    in_a_transport();
    by_cancel();
    return 0;
}
