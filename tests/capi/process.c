/* What all clients of a process share, and what a child made by fork does not: a connection is made once, by a thread
 * that soon ends, and nothing of the parent's is used or waited for in the child. */
#define _GNU_SOURCE
#include "check.h"

#include <dlfcn.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *api_url;
static int threads, names;
static volatile int is_over;

/* The library's threads come by here as well. */
int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument)
{
    int (*create)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

    *(void **)&create = dlsym(RTLD_NEXT, "pthread_create");
    CHECK(create != NULL);
    __sync_fetch_and_add(&threads, 1);
    return create(thread, attributes, start, argument);
}

static void sign_up(void)
{
    createaccount_config *config = createaccount_config_new();
    createaccount_client *client = NULL;
    createaccount_step *step = NULL;
    char name[64];

    snprintf(name, sizeof name, "Process %ld %d", (long)getpid(), __sync_fetch_and_add(&names, 1));
    OK(createaccount_client_new(api_url, config, &client, NULL));
    createaccount_config_free(config);
    OK(createaccount_client_begin(client, 0, &step, NULL));
    createaccount_step_free(step);
    OK(createaccount_client_set_field(client, "username", name, NULL));
    OK(createaccount_client_set_field(client, "password", "correct horse 7", NULL));
    OK(createaccount_client_submit(client, &step, NULL));
    CHECK(createaccount_step_kind(step) == CREATEACCOUNT_STEP_PASS);
    createaccount_step_free(step);
    createaccount_client_free(client);
}

static void one_connection_for_all(int is_counted)
{
    sign_up();
    CHECK(!is_counted || threads == 1);
    for (int client = 0; client < 5; client++)
        sign_up();
    CHECK(!is_counted || threads == 1);
}

static void *go_on(void *unused)
{
    (void)unused;
    while (!is_over)
        sign_up();
    return NULL;
}

static void a_child_begins_anew(void)
{
    pthread_t busy[4];

    for (int thread = 0; thread < 4; thread++)
        CHECK(pthread_create(&busy[thread], NULL, go_on, NULL) == 0);
    for (int child = 0; child < 20; child++) {
        int status = 0;
        pid_t id = fork();

        CHECK(id >= 0);
        if (id == 0) {
            alarm(30);
            threads = 0;
            sign_up();
            sign_up();
            _exit(threads == 1 ? 0 : 2);
        }
        CHECK(waitpid(id, &status, 0) == id && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    is_over = 1;
    for (int thread = 0; thread < 4; thread++)
        CHECK(pthread_join(busy[thread], NULL) == 0);
    sign_up();
}

int main(int argc, char **argv)
{
    CHECK(argc == 3);
    api_url = argv[1];
    /* In valgrind a sign-up can take longer than a connection is kept for its POST. */
    if (strcmp(argv[2], "valgrind") == 0) {
        one_connection_for_all(0);
    } else {
        one_connection_for_all(1);
        a_child_begins_anew();
    }
    return 0;
}
