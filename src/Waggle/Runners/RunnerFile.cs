using System.Text.Json;
using Waggle.Core.Runners;
using Waggle.OperatorFiles;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.Shared;

namespace Waggle.Runners;

/// <summary>The operator's file of a runner: which programs it starts, and how many.</summary>
internal sealed class RunnerFile
{
    private const int StandardMaxAgents = 50;

    private static readonly TimeSpan StandardStopTimeout = TimeSpan.FromSeconds(10);

    private RunnerFile(string id, int maxAgents, IReadOnlyDictionary<string, AgentTemplate> templates) =>
        (Id, MaxAgents, Templates) = (id, maxAgents, templates);

    /// <summary>The id of the runner.</summary>
    public string Id { get; }

    public int MaxAgents { get; }

    /// <summary>The templates by role.</summary>
    public IReadOnlyDictionary<string, AgentTemplate> Templates { get; }

    /// <exception cref="CliException">The file cannot be read or is wrong; the message names the key.</exception>
    public static RunnerFile Read(string path) => OperatorFile.Read(path, root => Of(root, Path.GetDirectoryName(Path.GetFullPath(path))!));

    /// <exception cref="FormatException">A key is wrong.</exception>
    private static RunnerFile Of(JsonElement root, string folder)
    {
        var file = new KeyReader(root, "the file", "runner", "max_agents", "templates");
        var id = file.Text("runner") ?? "runner";
        if (!Ids.IsValid(id)) throw new FormatException($"key runner: {Ids.Rule("runner", id)}");
        var templates = new Dictionary<string, AgentTemplate>(StringComparer.Ordinal);
        foreach (var (role, element) in file.Members("templates")) templates.Add(role, Template(role, element, folder));
        if (templates.Count == 0) throw new FormatException("key templates: there is no template, so the runner could start nothing.");
        if (templates.Count > Limits.MaxTemplates) throw new FormatException($"key templates: at most {Limits.MaxTemplates}; there are {templates.Count}.");
        return new(id, file.Number("max_agents", 1, Limits.MaxRunnerAgents) ?? StandardMaxAgents, templates);
    }

    private static AgentTemplate Template(string role, JsonElement element, string folder)
    {
        var at = $"templates.{role}";
        var keys = new KeyReader(
            element, at, "command", "type", "capabilities", "slots", "max_count", "environment", "folder", "restart", "hello_timeout", "stop_timeout",
            "backoff", "backoff_cap", "crash_loop_count", "crash_loop_window", "pass_token");
        var command = keys.Texts("command");
        if (command is not [{ Length: > 0 }, ..]) throw new FormatException($"{at}: command is an array of the program and its arguments.");
        var offer = new RunnerTemplate
        {
            Role = role,
            Type = keys.Text("type"),
            Capabilities = keys.Capabilities("capabilities"),
            Slots = keys.Number("slots", 0, Limits.MaxSlots),
            MaxCount = keys.Number("max_count", 1, Limits.MaxRunnerAgents) ?? throw new FormatException($"{at}: max_count is required."),
            Restart = keys.Text("restart") is { } policy ? Policy(policy, at) : null,
            HelloTimeoutMs = keys.Milliseconds("hello_timeout"),
            BackoffMs = keys.Milliseconds("backoff"),
            BackoffCapMs = keys.Milliseconds("backoff_cap"),
            CrashLoopCount = keys.Number("crash_loop_count", 1, 100),
            CrashLoopWindowMs = keys.Milliseconds("crash_loop_window"),
        };
        if (RunnerRules.Problem(offer) is { } problem) throw new FormatException($"key templates: {problem}");
        return new AgentTemplate
        {
            Offer = offer,
            Command = command,
            Environment = Variables(keys, at),
            Folder = Path.GetFullPath(keys.Text("folder") ?? ".", folder),
            StopTimeout = keys.Milliseconds("stop_timeout") is { } ms ? TimeSpan.FromMilliseconds(ms) : StandardStopTimeout,
            PassToken = keys.Switch("pass_token"),
        };
    }

    private static Dictionary<string, string> Variables(KeyReader keys, string at)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in keys.Members("environment"))
        {
            if (name.Length == 0 || name.Contains('=', StringComparison.Ordinal) || value.ValueKind != JsonValueKind.String)
                throw new FormatException($"{at}.environment: '{name}' is a name with a string.");
            variables[name] = value.GetString()!;
        }

        return variables;
    }

    private static RestartPolicy Policy(string text, string at)
    {
        foreach (var policy in Enum.GetValues<RestartPolicy>())
        {
            if (SnakeCase.Of(policy) == text) return policy;
        }

        throw new FormatException($"{at}: restart is never, on_failure or always; it was '{text}'.");
    }
}
