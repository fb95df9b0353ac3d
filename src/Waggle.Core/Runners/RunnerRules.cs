using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Runners;

/// <summary>Validates what runners announce and report.</summary>
public static class RunnerRules
{
    private const int MinInstanceLength = 16;
    private const int HashLength = 64;
    private const long MaxMs = 86_400_000;

    internal static Error? Problem(RunnerAttach m)
    {
        if (!Ids.IsValid(m.Runner)) return Bad(Ids.Rule("runner", m.Runner));
        if (m.Instance.Length is < MinInstanceLength or > Ids.MaxLength) return Bad($"instance has {MinInstanceLength} to {Ids.MaxLength} characters.");
        if (m.MaxAgents is < 1 or > Limits.MaxRunnerAgents) return Bad($"max_agents is 1 to {Limits.MaxRunnerAgents}; it was {m.MaxAgents}.");
        if (m.Templates.Count is 0 or > Limits.MaxTemplates) return Bad($"templates has 1 to {Limits.MaxTemplates} entries; there were {m.Templates.Count}.");
        if (m.Templates.Contains(null!)) return Bad("templates holds a null.");
        if (m.Processes is { Count: > Limits.MaxRunnerAgents }) return Bad($"processes has at most {Limits.MaxRunnerAgents} entries.");
        if (m.Processes?.Contains(null!) == true) return Bad("processes holds a null.");
        var roles = new HashSet<string>(StringComparer.Ordinal);
        foreach (var template in m.Templates)
        {
            if (Problem(template) is { } problem) return Bad(problem);
            if (!roles.Add(template.Role)) return Bad($"templates names the role '{template.Role}' twice.");
        }

        return null;
    }

    /// <summary>Returns the fault of a template, for the hub and for the runner's own file.</summary>
    public static string? Problem(RunnerTemplate t)
    {
        if (!Ids.IsValid(t.Role)) return Ids.Rule("role", t.Role);
        if (t.Type is { } type && !Ids.IsValid(type)) return Ids.Rule($"{t.Role}: type", type);
        if (t.Capabilities is { } capabilities && CapabilityRules.Problem($"{t.Role}: capabilities", capabilities) is { } problem) return problem;
        if (t.Slots is < 0 or > Limits.MaxSlots) return $"{t.Role}: slots is 0 to {Limits.MaxSlots}; it was {t.Slots}.";
        if (t.MaxCount is < 1 or > Limits.MaxRunnerAgents) return $"{t.Role}: max_count is 1 to {Limits.MaxRunnerAgents}; it was {t.MaxCount}.";
        if (t.CrashLoopCount is < 1 or > 100) return $"{t.Role}: crash_loop_count is 1 to 100; it was {t.CrashLoopCount}.";
        return Ms(t, "hello_timeout_ms", t.HelloTimeoutMs) ?? Ms(t, "backoff_ms", t.BackoffMs) ?? Ms(t, "backoff_cap_ms", t.BackoffCapMs)
            ?? Ms(t, "crash_loop_window_ms", t.CrashLoopWindowMs);
    }

    internal static Error? Problem(RunnerReport m)
    {
        if (!Ids.IsValid(m.Spawn)) return Bad(Ids.Rule("spawn", m.Spawn));
        if (m.State == ProcessState.Starting && (m.TokenSha256 is not { Length: HashLength } hash || !hash.All(char.IsAsciiHexDigitLower)))
            return Bad("token_sha256 of a starting process has 64 lower-case hexadecimal digits.");
        if (m.State == ProcessState.Exited && m.ExitCode is null == m.Signal is null) return Bad("An exited process has either exit_code or signal.");
        return m.Message?.Length > Limits.MaxRunnerMessageLength
            ? new(ErrorCodes.TooLarge, $"message has at most {Limits.MaxRunnerMessageLength} characters; it had {m.Message.Length}.")
            : null;
    }

    private static string? Ms(RunnerTemplate template, string field, long? ms) =>
        ms is < 1 or > MaxMs ? $"{template.Role}: {field} is 1 to {MaxMs} milliseconds; it was {ms}." : null;

    private static Error Bad(string message) => new(ErrorCodes.InvalidRequest, message);
}
