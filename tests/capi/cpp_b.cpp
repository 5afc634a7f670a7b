// The other translation unit that includes the C++ header.
#include <createaccount.hpp>

std::string sign_up(const char *api_url)
{
    createaccount::Client client(api_url, createaccount::Config().user_agent("test/1.0").timeout_ms(20000));
    if (client.can_create().answer() != CREATEACCOUNT_ANSWER_YES)
        return "may not";
    auto taken = client.check_username("taken");
    if (taken.canonical() != "Taken")
        return "not canonical";
    if (client.check_password("x").answer() != CREATEACCOUNT_ANSWER_NO)
        return "too easy";
    client.begin();
    client.set("username", "two units").set("stepStart", "1").set("stepChain", "secondary");
    auto step = client.submit();
    if (step.kind() != CREATEACCOUNT_STEP_UI)
        return "no question";
    client.add_choice("topics", "art").add_choice("topics", "law");
    step = client.submit();
    return std::string(step.username());
}
