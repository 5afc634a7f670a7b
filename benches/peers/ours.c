/* Sign-ups through the library. Usage: ours API_URL ACCOUNTS (new|same) [THREADS]: a new client for each account, or one for
 * all; each thread makes that many accounts. */
#include <createaccount.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *api_url;
static int accounts, keeps_client;

static void ok(createaccount_status_t status, createaccount_error *error)
{
    if (status == CREATEACCOUNT_STATUS_OK)
        return;
    fprintf(stderr, "%s\n", createaccount_error_message(error));
    exit(1);
}

static void *sign_up(void *unused)
{
    createaccount_config *config = createaccount_config_new();
    createaccount_client *client = NULL;
    createaccount_step *step = NULL;
    createaccount_error *error = NULL;

    (void)unused;
    ok(createaccount_config_set_user_agent(config, "bench/1.0", &error), error);
    for (int account = 0; account < accounts; account++) {
        if (client == NULL)
            ok(createaccount_client_new(api_url, config, &client, &error), error);
        ok(createaccount_client_begin(client, 0, &step, &error), error);
        createaccount_step_free(step);
        ok(createaccount_client_set_field(client, "username", "Bench", &error), error);
        ok(createaccount_client_set_field(client, "password", "correct horse 7", &error), error);
        ok(createaccount_client_submit(client, &step, &error), error);
        if (createaccount_step_kind(step) != CREATEACCOUNT_STEP_PASS) {
            fprintf(stderr, "%s\n", createaccount_step_raw_json(step));
            exit(1);
        }
        createaccount_step_free(step);
        if (!keeps_client) {
            createaccount_client_free(client);
            client = NULL;
        }
    }
    createaccount_client_free(client);
    createaccount_config_free(config);
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t others[128];
    int threads = argc > 4 ? atoi(argv[4]) : 1;

    if (argc < 4 || threads < 1 || threads > 128)
        return 2;
    api_url = argv[1];
    accounts = atoi(argv[2]);
    keeps_client = strcmp(argv[3], "same") == 0;
    for (int thread = 1; thread < threads; thread++)
        if (pthread_create(&others[thread], NULL, sign_up, NULL) != 0)
            return 1;
    sign_up(NULL);
    for (int thread = 1; thread < threads; thread++)
        pthread_join(others[thread], NULL);
    return 0;
}
