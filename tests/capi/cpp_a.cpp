// The C++ header, in one of two translation units of a program: cpp API_URL (profile "steps").
#include "check.h"

#include <createaccount.hpp>

#include <algorithm>
#include <iterator>
#include <type_traits>
#include <vector>

using createaccount::Client;
using createaccount::Config;

std::string sign_up(const char *api_url); // cpp_b.cpp

namespace
{

template <typename Call> createaccount::Error fails(Call call)
{
    try {
        call();
    } catch (const createaccount::Error &error) {
        return error;
    }
    std::fputs("The call does not throw.\n", stderr);
    std::exit(1);
}

void answer(const createaccount::HttpRequest &request, createaccount::HttpResponse &response)
{
    response.set_status(200);
    response.add_header("Content-Type", "application/json");
    response.append_body(request.method() == "GET" ? CANNED_FORM : CANNED_PASS);
}

Config canned(Config::Transport transport = answer)
{
    Config config;
    config.transport(std::move(transport));
    return config;
}

void errors()
{
    auto error = fails([] { Client("nonsense"); });
    CHECK(error.status() == CREATEACCOUNT_STATUS_INVALID_ARGUMENT);
    CHECK(error.field() == "api_url");
    CHECK(error.api_code().data() == nullptr);
    CHECK(error.http_status() == 0);
    CHECK(!error.retry_after());
    CHECK(error.problem() == CREATEACCOUNT_PROBLEM_INVALID);
    CHECK(error.failure() == CREATEACCOUNT_FAILURE_NONE);
    CHECK(std::string(error.what()).size() > 0);
    auto copy = error;
    CHECK(copy.field() == "api_url");

    error = fails([] { Client(std::string("https://wiki.example/api.php\0x", 30)); });
    CHECK(error.status() == CREATEACCOUNT_STATUS_INVALID_ARGUMENT);
    CHECK(error.field().empty());
    error = fails([] { Client("http://127.0.0.1:9/api.php").begin(); });
    CHECK(error.status() == CREATEACCOUNT_STATUS_TRANSPORT);
    CHECK(error.failure() == CREATEACCOUNT_FAILURE_CONNECT);
    error = fails([] { Client(createaccount::Text(nullptr)); });
    CHECK(error.field() == "api_url");
    error = fails([] { Client("https://wiki.example/api.php").submit(); });
    CHECK(error.status() == CREATEACCOUNT_STATUS_INVALID_STATE);
}

void exceptions_stay_outside()
{
    auto config = canned([](auto &, auto &) { throw std::runtime_error("The cable is cut."); });
    auto error = fails([&] { Client("https://wiki.example/api.php", config).begin(); });
    CHECK(error.status() == CREATEACCOUNT_STATUS_CALLBACK);
    CHECK(std::string(error.what()).find("The cable is cut.") != std::string::npos);

    config.transport([](auto &, auto &) { throw 7; });
    error = fails([&] { Client("https://wiki.example/api.php", config).begin(); });
    CHECK(error.status() == CREATEACCOUNT_STATUS_CALLBACK);

    int lines = 0;
    config.transport(answer).log([&](std::int32_t, std::string_view) {
        lines++;
        throw std::runtime_error("The disk is full.");
    });
    Client("https://wiki.example/api.php", config).begin();
    CHECK(lines > 0);
}

void secrets_are_not_told()
{
    const std::string secret = "planted-secret-of-32-characters!";
    std::string told;
    auto config = canned([&](auto &request, auto &response) {
        response.add_header("Set-Cookie", "session=" + secret);
        answer(request, response);
    });
    config.bearer_token(secret).seal_key(reinterpret_cast<const std::uint8_t *>(secret.data()), secret.size());
    config.log([&](std::int32_t, std::string_view line) { told += line; });
    Client client("https://wiki.example/api.php", config);
    client.begin();
    client.set("username", "Canned").set("password", secret).set("colour", secret);
    auto error = fails([&] { client.submit(); });
    CHECK(error.field() == "colour");
    told += error.what();
    const auto saved = client.save();
    told.append(saved.begin(), saved.end());
    client.set("colour", nullptr).submit();
    CHECK(told.size() > 100);
    CHECK(told.find(secret) == told.npos);
    CHECK(told.find("token-10000000") == told.npos);
}

void interrupts()
{
    int asked = 0;
    bool stops = false;
    auto config = canned();
    config.interrupt([&] { return ++asked, stops; });
    Client client("https://wiki.example/api.php", config);
    client.begin();
    CHECK(asked > 0);
    stops = true;
    CHECK(fails([&] { client.begin(); }).status() == CREATEACCOUNT_STATUS_CANCELLED);

    config.interrupt([]() -> bool { throw std::runtime_error("The screen is gone."); });
    auto error = fails([&] { Client("https://wiki.example/api.php", config).begin(); });
    CHECK(error.status() == CREATEACCOUNT_STATUS_CANCELLED);
    config.interrupt(nullptr);
    Client("https://wiki.example/api.php", config).begin();
}

void captures_are_freed()
{
    auto kept = std::make_shared<int>(0);
    {
        auto config = canned([kept](auto &request, auto &response) { answer(request, response); });
        Client client("https://wiki.example/api.php", config);
        CHECK(kept.use_count() == 2);
    }
    CHECK(kept.use_count() == 1);
}

/// nullptr unsets whatever was set before, a value that no client takes among it.
void nullptr_brings_defaults_back()
{
    Config config;
    auto usable = [&] { Client("https://wiki.example/api.php", config); };
    config.user_agent("line\nbreak");
    fails(usable);
    config.user_agent(nullptr).language("en_GB!");
    fails(usable);
    config.language(nullptr).error_format("pdf");
    fails(usable);
    config.error_format(nullptr).error_language("");
    fails(usable);
    config.error_language(nullptr).return_url("/relative");
    fails(usable);
    config.return_url(nullptr).proxy("no proxy");
    fails(usable);
    config.proxy(nullptr).ca_file("/does/not/exist.pem");
    fails(usable);
    config.ca_file(nullptr).bearer_token("line\nbreak");
    fails(usable);
    config.bearer_token(nullptr).basic_auth("a:b", "c");
    fails(usable);
    config.basic_auth(nullptr, nullptr).add_header("cookie", "a=b");
    fails(usable);
    config.add_header("cookie", nullptr).environment_proxies(false).message_format("raw").message_format(nullptr);
    usable();

    // The library's own transport goes by way of the proxy, and reaches nobody.
    auto kept = std::make_shared<int>(0);
    for (const Config::Transport &none : {Config::Transport(nullptr), Config::Transport()}) {
        config.transport([kept](auto &request, auto &response) { answer(request, response); });
        CHECK(kept.use_count() == 2);
        config.transport(none).proxy("http://127.0.0.1:1");
        CHECK(kept.use_count() == 1);
        auto error = fails([&] { Client("https://wiki.example/api.php", config).begin(); });
        CHECK(error.status() == CREATEACCOUNT_STATUS_TRANSPORT);
        config.proxy(nullptr);
    }
    config.transport(answer).log([kept](auto, auto) { ++*kept; }).log(nullptr);
    CHECK(kept.use_count() == 1);
    Client("https://wiki.example/api.php", config).begin();
    CHECK(*kept == 0);
}

/// Arguments may be views, also such as do not end in NUL.
void views_are_arguments()
{
    Client client("https://wiki.example/api.php", canned([](auto &request, auto &response) {
        if (request.method() == "POST")
            CHECK(request.body().find("&username=Canned&password=x&colour=&") != request.body().npos);
        answer(request, response);
    }));
    auto step = client.begin();
    for (auto field : step.fields())
        if (field.is_required())
            client.set(field.name(), "x");
    client.set(std::string_view("username|").substr(0, 8), std::string_view("Canned|").substr(0, 6));
    client.set("colour", step.fields()[2].choices()[1].value);
    client.set("colour", step.message()); // NULL in C, so the value is taken back
    CHECK(client.submit().kind() == CREATEACCOUNT_STEP_PASS);

    auto error = fails([&] { client.set("username", std::string_view("Can\0ned", 7)); });
    CHECK(error.status() == CREATEACCOUNT_STATUS_INVALID_ARGUMENT);
    Config config;
    config.language(std::string_view("en_GB!"));
    fails([&] { Client("https://wiki.example/api.php", config); });
    config.language(std::string_view());
    Client(std::string_view("https://wiki.example/api.php|").substr(0, 28), config);
}

/// Lists work with the algorithms of the standard library.
void lists_are_ranges()
{
    Client client("https://wiki.example/api.php", canned());
    auto step = client.begin();
    auto fields = step.fields();
    auto named = [&](std::string_view name) {
        return std::find_if(fields.begin(), fields.end(), [&](auto field) { return field.name() == name; });
    };
    CHECK(named("password") != fields.end() && named("email") == fields.end());
    CHECK(named("password")->type() == CREATEACCOUNT_FIELD_TYPE_PASSWORD);
    auto sensitive = [](const createaccount::Field &field) { return field.is_sensitive(); };
    CHECK(std::count_if(fields.begin(), fields.end(), sensitive) == 1);
    CHECK(std::distance(fields.begin(), fields.end()) == 3);
    auto choices = (*named("colour")).choices();
    std::vector<createaccount::Choice> copied(choices.begin(), choices.end());
    CHECK(copied.size() == 2 && copied[1].value == "green");

    auto first = fields.begin();
    auto next = first++;
    CHECK(next == fields.begin() && first != next && first == ++next);
    using Iterator = decltype(first);
    CHECK((std::is_same_v<std::iterator_traits<Iterator>::value_type, createaccount::Field>));
#if __cplusplus >= 202002L && defined(__cpp_lib_ranges)
    static_assert(std::forward_iterator<Iterator>);
    CHECK((*std::ranges::find(fields, "colour", &createaccount::Field::name)).label() == "Colour");
#endif
}

/// Nothing is set: the first field that the wiki requires is missing.
void error_names_username(Client &client)
{
    auto error = fails([&] { client.submit(); });
    CHECK(error.field() == "username" && error.problem() == CREATEACCOUNT_PROBLEM_REQUIRED);
}

void times()
{
    using namespace std::chrono_literals;
    auto config = canned();
    config.timeout(30s).connect_timeout(500ms).deadline(1min).retry_budget(0s).reconcile_wait(15s);
    Client("https://wiki.example/api.php", config).begin();
    config.deadline(-1s);
    CHECK(fails([&] { Client("https://wiki.example/api.php", config); }).field() == "deadline");
    config.deadline(1h).seal_key(std::string(32, 'k')).add_open_key(std::vector<std::uint8_t>(32, 7));
    Client("https://wiki.example/api.php", config);
    CHECK(fails([&] { createaccount::find_api("ftp://wiki.example", config); }).field() == "url");
    CHECK(fails([&] { config.seal_key(std::string("short")); }).field() == "seal_key");
}

void loops_and_moves()
{
    auto config = canned([](auto &request, auto &response) {
        std::vector<std::string> names;
        for (std::size_t i = 0; i < request.header_count(); i++)
            names.emplace_back(request.header_name_at(i));
        CHECK(names[0] == "user-agent");
        CHECK(request.body().empty() == (request.method() == "GET"));
        CHECK(!request.poll());
        answer(request, response);
    });
    Client client("https://wiki.example/api.php", config);
    CHECK(!client.step() && client.wiki_time() == -1);
    auto step = client.begin();
    CHECK(client.step().kind() == CREATEACCOUNT_STEP_FORM);
    std::string names;
    for (auto field : step.fields())
        names += std::string(field.name()) + ":" + std::to_string(field.choices().size()) + " ";
    CHECK(names == "username:0 password:0 colour:2 ");
    for (auto request : step.requests())
        for (auto field : request.fields())
            CHECK(field.name() != "email");
    CHECK(step.fields()[2].choices()[1].label == "Green");
    CHECK(step.message().data() == nullptr);
    CHECK(!step.captcha() && !step.retry_after() && !step.is_login());
    CHECK(step.field("colour")->choices().size() == 2 && !step.field("email"));
    CHECK(createaccount::image_type(std::string("GIF89a")) == "image/gif");
    client.set("username", "Nobody").clear_answer();
    error_names_username(client);

    auto moved = std::move(step);
    step = client.begin();
    CHECK(moved.fields().size() == step.fields().size());
    auto bytes = client.save();
    CHECK(bytes.size() == static_cast<std::size_t>(bytes.end() - bytes.begin()));
    auto other = Client::load("https://wiki.example/api.php", bytes.data(), bytes.size(), config);
    other = Client::load("https://wiki.example/api.php", bytes, config);
    other = Client::load("https://wiki.example/api.php", std::vector<std::uint8_t>(bytes.begin(), bytes.end()), config);
    client = std::move(other);
    client.set("username", "Canned").set("password", std::string("secret-10000000")).unset("colour");
    step = client.submit();
    CHECK(step.username() == "Canned");
    CHECK(moved.kind() == CREATEACCOUNT_STEP_FORM);
}

} // namespace

int main(int argc, char **argv)
{
    CHECK(argc == 2);
    errors();
    exceptions_stay_outside();
    secrets_are_not_told();
    interrupts();
    captures_are_freed();
    nullptr_brings_defaults_back();
    views_are_arguments();
    lists_are_ranges();
    times();
    loops_and_moves();
    CHECK(sign_up(argv[1]) == "Two units");
}
