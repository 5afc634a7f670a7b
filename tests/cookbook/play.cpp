// Plays a recipe of the cookbook, which stand above this: cookbook RECIPE API_URL

#include <map>

int main(int argc, char **argv)
try {
    using Recipe = void (*)(const char *api_url);
    const std::map<std::string_view, Recipe> recipes = {
        {"check_a_name", [](const char *api_url) { createaccount::Client client(api_url); check_a_name(client); }},
        {"keep_what_was_right",
         [](const char *api_url) { createaccount::Client client(api_url); keep_what_was_right(client); }},
        {"show_the_picture", [](const char *api_url) { createaccount::Client client(api_url); show_the_picture(client); }},
        {"save_and_go_on", [](const char *api_url) { save_and_go_on(api_url, std::string(32, 'k')); }},
        {"cancel", [](const char *api_url) { createaccount::Client client(api_url); cancel(client); }},
        {"wait_after_a_rate_limit",
         [](const char *api_url) { createaccount::Client client(api_url); wait_after_a_rate_limit(client); }},
        {"outcome_unknown", [](const char *api_url) { createaccount::Client client(api_url); outcome_unknown(client); }},
        {"log", log_to_standard_error},
        {"behind_a_proxy", [](const char *) { behind_a_proxy(); }},
    };
    if (argc != 3) {
        return 2;
    }
    recipes.at(argv[1])(argv[2]);
    return 0;
} catch (const std::exception &error) {
    std::cerr << error.what() << '\n';
    return 1;
}
