using System.Collections;
using System.Globalization;
using Waggle.Exec;
using Waggle.Protocol.Messages;
using Waggle.Shared;

namespace Waggle.Runners;

/// <summary>
/// The variables of an agent's process: those of the runner without its secrets, those of the template, and those that say which agent it is. Nothing that
/// the hub sends reaches the process in another way.
/// </summary>
internal static class ProcessEnvironment
{
    public const string AgentVariable = "WAGGLE_AGENT_ID";
    public const string SlotsVariable = "WAGGLE_AGENT_SLOTS";
    public const string SwarmVariable = "WAGGLE_AGENT_SWARM";

    private static readonly string[] Secrets = [TaskEnvironment.SecretVariable, TaskEnvironment.TokenVariable, TaskEnvironment.SpawnTokenVariable];

    public static Dictionary<string, string> Of(RunnerStart request, AgentTemplate template, Uri url, string? token, string spawnToken)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry own in Environment.GetEnvironmentVariables())
        {
            var name = (string)own.Key;
            if (!Secrets.Contains(name, StringComparer.Ordinal)) variables[name] = (string?)own.Value ?? "";
        }

        foreach (var (name, value) in template.Environment) variables[name] = value;
        if (template.PassToken && token is not null) variables[TaskEnvironment.TokenVariable] = token;
        Set("WAGGLE_URL", Failures.Authority(url));
        Set(AgentVariable, request.Agent);
        Set("WAGGLE_AGENT_NAME", request.Name);
        Set("WAGGLE_AGENT_TYPE", request.AgentType);
        Set("WAGGLE_AGENT_ROLE", request.Role);
        Set(SwarmVariable, request.Swarm);
        Set("WAGGLE_AGENT_CAPABILITIES", string.Join(' ', request.Capabilities.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Key}:{c.Value}"))));
        Set(SlotsVariable, request.Slots.ToString(CultureInfo.InvariantCulture));
        Set("WAGGLE_SPAWN_ID", request.Spawn);
        Set("WAGGLE_SPAWN_ATTEMPT", request.Attempt.ToString(CultureInfo.InvariantCulture));
        Set(TaskEnvironment.SpawnTokenVariable, spawnToken);
        return variables;

        // A variable ends at its first NUL.
        void Set(string name, string value) => variables[name] = value.Replace('\0', '\uFFFD');
    }
}
