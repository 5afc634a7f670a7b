/*
 * Catching the return of a browser: a program without a web server of its own listens on loopback, and gives
 * a third party an address there to send the person back to (RFC 8252, section 7.3). Used by signup.c.
 */
#ifndef LOOPBACK_H
#define LOOPBACK_H

#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* Listens on 127.0.0.1, on any free port if `port` is 0, and makes a return URL that nobody can guess.
 * Returns the socket, or -1. */
static int loopback_open(int port, char *url, size_t size)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    socklen_t length = sizeof address;
    unsigned char random[16];
    FILE *source = fopen("/dev/urandom", "rb");
    bool read = source != NULL && fread(random, sizeof random, 1, source) == 1;
    int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;

    if (source != NULL)
        fclose(source);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (!read || listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(listener, (struct sockaddr *)&address, length) != 0 || listen(listener, 8) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &length) != 0)
        return -1;
    length = (socklen_t)snprintf(url, size, "http://127.0.0.1:%d/return/", ntohs(address.sin_port));
    for (size_t i = 0; i < sizeof random; i++)
        length += (socklen_t)snprintf(url + length, size - (size_t)length, "%02x", random[i]);
    return listener;
}

/* Reads an HTTP message: its head, and as much of a body as the head announces. */
static void loopback_read(int connection, char *message, size_t size)
{
    struct timeval patience = {.tv_sec = 10};
    size_t length = 0;
    ssize_t got = 1;

    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    for (message[0] = '\0'; got > 0 && length + 1 < size; message[length] = '\0') {
        const char *body = strstr(message, "\r\n\r\n"), *line = message;
        size_t wanted = 0;
        while (body != NULL && (line = strchr(line, '\n')) != NULL && line < body)
            if (strncasecmp(++line, "content-length:", 15) == 0)
                wanted = strtoul(line + 15, NULL, 10);
        if (body != NULL && strlen(body + 4) >= wanted)
            break;
        got = read(connection, message + length, size - 1 - length);
        length += got > 0 ? (size_t)got : 0;
    }
}

/* Waits until a browser calls the return URL. Writes the whole address that it called to `called`, and what
 * it posted, if anything, to `body`. */
static void loopback_wait(int listener, const char *return_url, char *called, size_t called_size, char *body,
                          size_t body_size)
{
    static const char welcome[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"
                                  "Thank you. You can close this page and go back to the terminal.\n";
    static const char unknown[] = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    static char message[65536], target[65536];
    const char *path = strchr(return_url + strlen("http://"), '/'), *end = NULL;

    while (end == NULL) {
        int connection = accept(listener, NULL, NULL);

        loopback_read(connection, message, sizeof message);
        /* A browser asks for other things too, for instance for an icon. */
        if (sscanf(message, "%*7s %65535s", target) == 1 && strncmp(target, path, strlen(path)) == 0)
            end = strstr(message, "\r\n\r\n");
        send(connection, end ? welcome : unknown, strlen(end ? welcome : unknown), MSG_NOSIGNAL);
        close(connection);
    }
    snprintf(called, called_size, "%.*s%s", (int)(path - return_url), return_url, target);
    snprintf(body, body_size, "%s", end + strlen("\r\n\r\n"));
}

/* Plays the browser: GETs an address over plain HTTP, and goes where it is sent. */
static void loopback_visit(const char *address)
{
    static char message[65536];
    char host[256], port[8] = "80", path[8192] = "/", next[8192] = "";
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
    int connection;

    if (sscanf(address, "http://%255[^:/]:%7[0-9]%8191s", host, port, path) < 2 &&
        sscanf(address, "http://%255[^/]%8191s", host, path) < 1)
        return;
    if (getaddrinfo(host, port, &hints, &found) != 0)
        return;
    connection = socket(found->ai_family, found->ai_socktype, found->ai_protocol);
    if (connect(connection, found->ai_addr, found->ai_addrlen) == 0) {
        dprintf(connection, "GET %s HTTP/1.1\r\nHost: %s:%s\r\nConnection: close\r\n\r\n", path, host, port);
        loopback_read(connection, message, sizeof message);
        for (const char *line = message; (line = strchr(line, '\n')) != NULL;)
            if (strncasecmp(++line, "location:", 9) == 0)
                sscanf(line + 9, " %8191s", next);
    }
    close(connection);
    freeaddrinfo(found);
    if (*next != '\0')
        loopback_visit(next);
}

#endif
