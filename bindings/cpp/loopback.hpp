// Catching the return of a browser: a program without a web server of its own listens on loopback, and gives
// a third party an address there to send the person back to (RFC 8252, section 7.3). Used by signup.cpp.

#ifndef LOOPBACK_HPP
#define LOOPBACK_HPP

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace loopback
{

/// Reads an HTTP message: its head, and as much of a body as the head announces.
inline std::string read_message(int connection)
{
    timeval patience{10, 0};
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    std::string message;
    char part[4096];
    for (ssize_t got = 1; got > 0 && message.size() < 65536;) {
        auto head = message.find("\r\n\r\n");
        if (head != message.npos) {
            std::string names = message.substr(0, head);
            std::transform(names.begin(), names.end(), names.begin(),
                           [](unsigned char c) { return std::tolower(c); });
            auto length = names.find("\r\ncontent-length:");
            auto wanted = length == names.npos ? 0 : std::strtoul(names.c_str() + length + 17, nullptr, 10);
            if (message.size() - head - 4 >= wanted)
                break;
        }
        got = read(connection, part, sizeof part);
        message.append(part, got > 0 ? static_cast<std::size_t>(got) : 0);
    }
    return message;
}

/// Plays the browser: GETs an address over plain HTTP, and goes where it is sent.
inline void visit(const std::string &address)
{
    char host[256], port[8] = "80", path[8192] = "/";
    if (std::sscanf(address.c_str(), "http://%255[^:/]:%7[0-9]%8191s", host, port, path) < 2 &&
        std::sscanf(address.c_str(), "http://%255[^/]%8191s", host, path) < 1)
        return;
    addrinfo hints{}, *found;
    hints.ai_socktype = SOCK_STREAM;
    if (getaddrinfo(host, port, &hints, &found) != 0)
        return;
    int connection = socket(found->ai_family, found->ai_socktype, found->ai_protocol);
    std::string answer;
    if (connect(connection, found->ai_addr, found->ai_addrlen) == 0) {
        dprintf(connection, "GET %s HTTP/1.1\r\nHost: %s:%s\r\nConnection: close\r\n\r\n", path, host, port);
        answer = read_message(connection);
    }
    close(connection);
    freeaddrinfo(found);
    for (const char *name : {"\nLocation: ", "\nlocation: "})
        if (auto place = answer.find(name); place != answer.npos)
            visit(answer.substr(place + 11, answer.find('\r', place) - place - 11));
}

/// Listens on loopback for the browser that comes back from a third party.
class Door
{
public:
    explicit Door(int port) : listener_(socket(AF_INET, SOCK_STREAM, 0))
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        auto *generic = reinterpret_cast<sockaddr *>(&address);
        socklen_t length = sizeof address;
        int on = 1;
        setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        if (bind(listener_, generic, length) != 0 || listen(listener_, 8) != 0 ||
            getsockname(listener_, generic, &length) != 0)
            throw std::runtime_error("The port cannot be listened on.");
        // Nobody else can guess the path, and so nobody else can call it.
        std::random_device random;
        path_ = "/return/";
        for (int i = 0; i < 4; i++)
            path_ += std::to_string(random()) + "-";
        origin_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    }
    Door(const Door &) = delete;
    ~Door() { close(listener_); }

    std::string url() const { return origin_ + path_; }

    /// What a browser brought back: the whole address that it called, and what it posted, if anything.
    struct Return {
        std::string url, body;
    };

    /// Waits until a browser calls the return URL.
    Return wait() const
    {
        while (true) {
            int connection = accept(listener_, nullptr, nullptr);
            std::string message = read_message(connection);
            auto start = message.find(' ') + 1, head = message.find("\r\n\r\n");
            std::string target = message.substr(start, message.find(' ', start) - start);
            // A browser asks for other things too, for instance for an icon.
            bool ours = target.compare(0, path_.size(), path_) == 0 && head != message.npos;
            std::string_view answer =
                ours ? "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"
                       "Thank you. You can close this page and go back to the terminal.\n"
                     : "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
            close(connection);
            if (ours)
                return {origin_ + target, message.substr(head + 4)};
        }
    }

private:
    int listener_;
    std::string path_, origin_;
};

} // namespace loopback

#endif
