/* Two threads: one client is for one of them at a time, except to cancel; a step is for all. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <pthread.h>
#include <semaphore.h>
#include <time.h>

static createaccount_client *client;
static sem_t in_call;

/* Answers nothing until it is cancelled. */
static int32_t hang(void *user_data, const createaccount_http_request *request,
                    createaccount_http_response *response)
{
    struct timespec moment = {0, 10 * 1000 * 1000};

    (void)user_data, (void)response;
    sem_post(&in_call);
    while (!createaccount_http_request_poll(request))
        nanosleep(&moment, NULL);
    return 1;
}

static void *call(void *unused)
{
    createaccount_step *step = NULL;
    createaccount_error *error = NULL;

    (void)unused;
    CHECK(createaccount_client_begin(client, 0, &step, &error) == CREATEACCOUNT_STATUS_CANCELLED);
    CHECK(step == NULL);
    createaccount_error_free(error);
    return NULL;
}

static void another_thread_is_refused_and_may_cancel(void)
{
    createaccount_config *config = createaccount_config_new();
    createaccount_step *step = NULL;
    createaccount_error *error = NULL;
    uint8_t *data = NULL;
    size_t length = 0;
    pthread_t thread;

    sem_init(&in_call, 0, 0);
    OK(createaccount_config_set_transport(config, hang, NULL, NULL, NULL));
    OK(createaccount_client_new("https://wiki.example/api.php", config, &client, NULL));
    createaccount_config_free(config);
    for (int round = 0; round < 2; round++) { /* the client can be used again */
        CHECK(pthread_create(&thread, NULL, call, NULL) == 0);
        sem_wait(&in_call);
        TOO_EARLY(createaccount_client_begin(client, 0, &step, &error));
        CHECK(strstr(createaccount_error_message(error), "in progress") != NULL);
        createaccount_error_free(error);
        TOO_EARLY(createaccount_client_set_field(client, "username", "x", NULL));
        TOO_EARLY(createaccount_client_save(client, &data, &length, NULL));
        CHECK(createaccount_client_step(client) == NULL);
        createaccount_client_cancel(client);
        CHECK(pthread_join(thread, NULL) == 0);
    }
    createaccount_client_free(client);
    sem_destroy(&in_call);
}

static void *read_step(void *step)
{
    for (int i = 0; i < 100; i++) {
        CHECK(createaccount_step_field_count(step) == 3);
        CHECK(strstr(createaccount_step_raw_json(step), "PasswordRequest") != NULL);
        SAME(createaccount_field_name(createaccount_step_field_at(step, 1)), "password");
    }
    return NULL;
}

static void threads_share_a_step(void)
{
    struct canned canned = {0, 0, CANNED_PASS, false};
    createaccount_client *of_step = canned_client(&canned);
    createaccount_step *step = NULL;
    pthread_t threads[4];

    OK(createaccount_client_begin(of_step, 0, &step, NULL));
    createaccount_client_free(of_step);
    for (int i = 0; i < 4; i++)
        CHECK(pthread_create(&threads[i], NULL, read_step, step) == 0);
    for (int i = 0; i < 4; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    createaccount_step_free(step);
}

int main(void)
{
    another_thread_is_refused_and_may_cancel();
    threads_share_a_step();
    return 0;
}
