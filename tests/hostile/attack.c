/* One client against a hostile server, or against a hostile file in the place of a saved flow (`attack API_URL FILE [KEY]`):
   what an attack costs in C. Prints the growth of memory in KiB, the milliseconds of the
   processor, and what came of it. */

#define _POSIX_C_SOURCE 200809L
#include <createaccount.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static long figure(const char *key)
{
    char line[256];
    long kib = 0;
    FILE *file = fopen("/proc/self/status", "r");

    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, key, strlen(key)) == 0)
            kib = strtol(line + strlen(key) + 1, NULL, 10);
    }
    if (file != NULL)
        fclose(file);
    return kib;
}

static long milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* All that a program can ask of a step. */
static size_t look(const createaccount_step *step)
{
    const char *raw = createaccount_step_raw_json(step);
    size_t seen = raw != NULL ? strlen(raw) : 0;

    for (size_t i = 0; i < createaccount_step_request_count(step); i++)
        seen += strlen(createaccount_request_metadata_json(createaccount_step_request_at(step, i)));
    for (size_t i = 0; i < createaccount_step_field_count(step); i++)
        seen += strlen(createaccount_field_label(createaccount_step_field_at(step, i)));
    return seen;
}

/* From here on the growth is measured. */
static long begin_to_measure(void)
{
    FILE *refs = fopen("/proc/self/clear_refs", "w");

    if (refs != NULL) {
        fputs("5", refs);
        fclose(refs);
    }
    return figure("VmRSS");
}

static int load(const char *api_url, const char *path, const char *key)
{
    static uint8_t data[32 * 1024 * 1024];
    createaccount_config *config = createaccount_config_new();
    createaccount_client *client = NULL;
    createaccount_step *step = NULL;
    createaccount_error *error = NULL;
    FILE *file = fopen(path, "rb");
    long before, started;
    size_t length, seen = 0;

    if (file == NULL || (length = fread(data, 1, sizeof data, file)) == 0)
        return EXIT_FAILURE;
    fclose(file);
    if (key != NULL)
        createaccount_config_set_seal_key(config, (const uint8_t *)key, strlen(key), NULL);
    before = begin_to_measure();
    started = milliseconds();
    if (createaccount_client_load(api_url, data, length, config, &client, &error) == CREATEACCOUNT_STATUS_OK) {
        step = createaccount_client_step(client);
        seen = look(step);
    }
    started = milliseconds() - started;
    printf("%ld %ld %s %lu\n", figure("VmHWM") - before, started, client != NULL ? "loaded" : "refused",
           (unsigned long)seen);
    createaccount_step_free(step);
    createaccount_error_free(error);
    createaccount_client_free(client);
    createaccount_config_free(config);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    createaccount_client *client = NULL;
    createaccount_step *step = NULL;
    createaccount_error *error = NULL;
    long before, started;
    size_t seen = 0;

    if (argc > 2)
        return load(argv[1], argv[2], argc > 3 ? argv[3] : NULL);
    if (argc != 2 || createaccount_client_new(argv[1], NULL, &client, &error) != CREATEACCOUNT_STATUS_OK)
        return EXIT_FAILURE;
    before = begin_to_measure();
    started = milliseconds();
    if (createaccount_client_begin(client, 0, &step, &error) == CREATEACCOUNT_STATUS_OK) {
        seen += look(step);
        createaccount_step_free(step);
        step = NULL;
        if (createaccount_client_set_field(client, "username", "Al", NULL) == CREATEACCOUNT_STATUS_OK &&
            createaccount_client_submit(client, &step, &error) == CREATEACCOUNT_STATUS_OK)
            seen += look(step);
    }
    started = milliseconds() - started;
    printf("%ld %ld %d %lu\n", figure("VmHWM") - before, started, (int)createaccount_error_status(error),
           (unsigned long)seen);
    createaccount_step_free(step);
    createaccount_error_free(error);
    createaccount_client_free(client);
    return EXIT_SUCCESS;
}
