// A host that plays the scenarios through the C++ header; README.md beside this file has its protocol. Each
// command is one call of the library.

#include <createaccount.hpp>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace
{

using createaccount::Client;
using createaccount::Config;
using Parts = std::vector<std::string>;

std::optional<Client> client;

// ---- Lines -------------------------------------------------------------------------------------------

std::string escape(std::string_view text)
{
    std::string escaped;
    for (char c : text) {
        switch (c) {
        case '%': escaped += "%25"; break;
        case '\t': escaped += "%09"; break;
        case '\n': escaped += "%0A"; break;
        case '\r': escaped += "%0D"; break;
        default: escaped += c;
        }
    }
    return escaped;
}

std::string unescape(std::string_view text)
{
    std::string plain;
    for (std::size_t i = 0; i < text.size(); i++) {
        if (text[i] == '%' && i + 2 < text.size()) {
            plain += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
            i += 2;
        } else {
            plain += text[i];
        }
    }
    return plain;
}

Parts split(std::string_view line)
{
    Parts parts;
    while (true) {
        auto tab = line.find('\t');
        parts.push_back(unescape(line.substr(0, tab)));
        if (tab == line.npos)
            return parts;
        line.remove_prefix(tab + 1);
    }
}

/// Prints a line; parts without a value at its end are left out.
void line(std::vector<std::string> parts)
{
    while (parts.back().empty())
        parts.pop_back();
    for (std::size_t i = 0; i < parts.size(); i++)
        std::cout << (i > 0 ? "\t" : "") << escape(parts[i]);
    std::cout << '\n';
}

void line(const char *key, std::string_view text)
{
    if (text.data() != nullptr)
        line({key, std::string(text)});
}

std::string number(std::int64_t value, std::int64_t none)
{
    return value == none ? "" : std::to_string(value);
}

std::string seconds(std::optional<std::chrono::seconds> time)
{
    return time ? std::to_string(time->count()) : "";
}

std::string to_hex(const createaccount::Bytes &bytes)
{
    std::string hex;
    for (std::uint8_t byte : bytes) {
        hex += "0123456789abcdef"[byte >> 4];
        hex += "0123456789abcdef"[byte & 15];
    }
    return hex;
}

std::vector<std::uint8_t> from_hex(const std::string &hex)
{
    std::vector<std::uint8_t> bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        bytes.push_back(static_cast<std::uint8_t>(std::stoi(hex.substr(i, 2), nullptr, 16)));
    return bytes;
}

// ---- Answers -----------------------------------------------------------------------------------------

void answer(const createaccount::Error &error)
{
    std::string status = createaccount_status_name(error.status());
    for (char &c : status)
        c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    line({"error", status, error.what(), std::string(error.api_code()),
          std::string(error.field()), number(error.http_status(), 0), seconds(error.retry_after()),
          error.failure() ? createaccount_failure_name(error.failure()) : "",
          error.problem() ? createaccount_problem_name(error.problem()) : ""});
    if (error.reason() != CREATEACCOUNT_REASON_OTHER)
        line("reason", createaccount_reason_name(error.reason()));
}

void answer(const createaccount::Field &field)
{
    std::string value, flags;
    if (field.value().data() != nullptr)
        value = "=" + std::string(field.value());
    if (field.is_required())
        flags = "required";
    if (field.is_sensitive())
        flags += flags.empty() ? "sensitive" : " sensitive";
    std::string name(field.name());
    line({"field", name, createaccount_field_type_name(field.type()), std::string(field.label()), std::string(field.help()), value,
          flags});
    for (auto choice : field.choices())
        line({"choice", name, std::string(choice.value), std::string(choice.label),
              choice.is_preset ? "preset" : ""});
}

void answer(const createaccount::Request &request)
{
    std::string names;
    for (auto field : request.fields())
        names += (names.empty() ? "" : ",") + std::string(field.name());
    line({"request", std::string(request.id()), createaccount_required_name(request.required()),
          std::string(request.provider()), std::string(request.account()), std::string(request.metadata_json()), names});
}

void answer(const createaccount::Captcha &captcha)
{
    std::string names;
    for (auto name : captcha.fields())
        names += (names.empty() ? "" : ",") + std::string(name);
    line({"captcha", createaccount_captcha_kind_name(captcha.kind()), std::string(captcha.text()), std::string(captcha.mime()),
          std::string(captcha.site_key()), std::string(captcha.image_url()),
          std::string(captcha.answer_field()), createaccount_captcha_service_name(captcha.service()), names});
}

void answer(const createaccount::StepView &step)
{
    line("step", step.status());
    line("username", step.username());
    if (step.is_login())
        line({"is_login"});
    line("message", step.message());
    for (auto part : step.message_parts())
        line({"message_part", std::string(part)});
    line("message_code", step.message_code());
    if (step.kind() == CREATEACCOUNT_STEP_FAIL)
        line("reason", createaccount_reason_name(step.reason()));
    if (step.retry_after())
        line("retry_after", seconds(step.retry_after()));
    line("target", step.redirect_target());
    line("data", step.redirect_data());
    if (step.can_preserve_state())
        line({"can_preserve_state"});
    for (auto field : step.fields())
        answer(field);
    for (auto request : step.requests())
        answer(request);
    if (auto captcha = step.captcha())
        answer(*captcha);
}

void answer(const createaccount::Verdict &verdict)
{
    static const char *const answers[] = {"unknown", "yes", "no"};
    line({"verdict", answers[verdict.answer()], std::string(verdict.code()), std::string(verdict.message()),
          std::string(verdict.canonical())});
}

// ---- Commands ----------------------------------------------------------------------------------------

Config config(const Parts &settings)
{
    Config config;
    for (const auto &setting : settings) {
        auto equals = setting.find('=');
        std::string key = setting.substr(0, equals), value = setting.substr(equals + 1);
        auto milliseconds = [&] { return std::chrono::milliseconds(std::stoll(value)); };
        if (key == "user_agent")
            config.user_agent(value);
        else if (key == "language")
            config.language(value);
        else if (key == "message_format")
            config.message_format(value);
        else if (key == "error_format")
            config.error_format(value);
        else if (key == "error_language")
            config.error_language(value);
        else if (key == "return_url")
            config.return_url(value);
        else if (key == "proxy")
            config.proxy(value);
        else if (key == "ca_file")
            config.ca_file(value);
        else if (key == "bearer_token")
            config.bearer_token(value);
        else if (key == "seal_key")
            config.seal_key(from_hex(value));
        else if (key == "open_key")
            config.add_open_key(from_hex(value));
        else if (key == "timeout_ms")
            config.timeout(milliseconds());
        else if (key == "connect_timeout_ms")
            config.connect_timeout(milliseconds());
        else if (key == "deadline_ms")
            config.deadline(milliseconds());
        else if (key == "retry_budget_ms")
            config.retry_budget(milliseconds());
        else if (key == "reconcile_wait_ms")
            config.reconcile_wait(milliseconds());
        else if (key == "allow_http")
            config.allow_http(value == "1");
        else if (key == "merge_fields")
            config.merge_fields(value == "1");
        else
            std::cerr << "host: no such setting: " << key << '\n', std::exit(2);
    }
    return config;
}

void run(const std::string &command, const Parts &parts)
{
    auto argument = [&](std::size_t index) { return index < parts.size() ? parts[index] : std::string(); };
    auto settings = [&](std::ptrdiff_t first) { return config(Parts(parts.begin() + first, parts.end())); };
    auto has = [&](const char *flag) { return std::find(parts.begin(), parts.end(), flag) != parts.end(); };

    if (command == "new") {
        client = Client(argument(0), settings(1));
    } else if (command == "load") {
        auto data = from_hex(argument(1));
        client = Client::load(argument(0), data, settings(2));
        if (auto step = client->step())
            answer(step);
    } else if (command == "find_api") {
        line("api_url", createaccount::find_api(argument(0), settings(1)));
    } else if (command == "begin") {
        answer(client->begin(has("preserve_state") ? CREATEACCOUNT_BEGIN_PRESERVE_STATE : 0));
    } else if (command == "begin_login") {
        answer(client->begin_login());
    } else if (command == "login") {
        answer(client->login(argument(0), argument(1)));
    } else if (command == "use") {
        client->use_request(argument(0));
    } else if (command == "set") {
        client->set(argument(0), argument(1));
    } else if (command == "unset") {
        client->unset(argument(0));
    } else if (command == "choose") {
        client->add_choice(argument(0), argument(1));
    } else if (command == "unchecked") {
        client->set_unchecked(argument(0) == "1");
    } else if (command == "submit") {
        answer(client->submit());
    } else if (command == "resume") {
        answer(client->resume(argument(0), argument(1)));
    } else if (command == "reconcile") {
        answer(client->reconcile());
    } else if (command == "reconcile_name") {
        answer(client->reconcile_name(argument(0), std::stoll(argument(1))));
    } else if (command == "wiki_time") {
        std::cout << "time\t" << client->wiki_time() << '\n';
    } else if (command == "can_create") {
        answer(client->can_create());
    } else if (command == "check_username") {
        answer(client->check_username(argument(0)));
    } else if (command == "check_password") {
        auto username = argument(1);
        answer(username.empty() ? client->check_password(argument(0))
                                : client->check_password(argument(0), username));
    } else if (command == "captcha_image") {
        auto image = client->captcha_image();
        line({"image", to_hex(image), std::string(createaccount::image_type(image))});
    } else if (command == "save") {
        line({"data_hex", to_hex(client->save())});
    } else {
        std::cerr << "host: no such command: " << command << '\n';
        std::exit(2);
    }
}

} // namespace

int main()
{
    std::string input;
    while (std::getline(std::cin, input)) {
        Parts parts = split(input);
        std::string command = parts.front();
        parts.erase(parts.begin());
        try {
            run(command, parts);
        } catch (const createaccount::Error &error) {
            answer(error);
        }
        std::cout << "." << std::endl;
    }
    client.reset();
}
