/* What the system alone costs: the same bytes over one connection, and nothing looked at. Usage: sockets PORT ACCOUNTS */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void exchange(int connection, const char *request)
{
    static char answer[64 * 1024];
    size_t length = 0, whole = 0;

    if (write(connection, request, strlen(request)) != (ssize_t)strlen(request))
        exit(1);
    while (whole == 0 || length < whole) {
        ssize_t count = read(connection, answer + length, sizeof answer - 1 - length);
        const char *end, *field;

        if (count <= 0)
            exit(1);
        length += (size_t)count;
        answer[length] = 0;
        if (whole == 0 && (end = strstr(answer, "\r\n\r\n")) != NULL) {
            field = strstr(answer, "Content-Length: ");
            whole = (size_t)(end + 4 - answer) + (field == NULL ? 0 : strtoul(field + 16, NULL, 10));
        }
    }
}

int main(int argc, char **argv)
{
    static const char form[] =
        "action=createaccount&createreturnurl=http%3A%2F%2F127.0.0.1%2F&format=json&formatversion=2&username=Bench"
        "&password=correct+horse+7&retype=correct+horse+7&createtoken=0123456789abcdef0123456789abcdef01234567%2B%5C";
    struct sockaddr_in address = {0};
    int on = 1, connection = socket(AF_INET, SOCK_STREAM, 0);
    char post[1024];

    if (argc != 3)
        return 2;
    address.sin_family = AF_INET;
    address.sin_port = htons((unsigned short)atoi(argv[1]));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(connection, (struct sockaddr *)&address, sizeof address) != 0)
        return 1;
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    snprintf(post, sizeof post, "POST /api.php HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %zu\r\n\r\n%s",
             sizeof form - 1, form);
    for (int account = 0; account < atoi(argv[2]); account++) {
        exchange(connection,
                 "GET /api.php?action=query&meta=authmanagerinfo%7Ctokens&amirequestsfor=create&type=createaccount"
                 "&format=json&formatversion=2 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        exchange(connection, post);
    }
    return 0;
}
