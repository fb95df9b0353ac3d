using System.Globalization;
using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Tasks.Searching;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>Checks a request for tasks, for all APIs.</summary>
public static class TaskListRules
{
    public static Error? Problem(TaskList query)
    {
        if (query.Limit is < 1 or > Limits.MaxPageSize) return Bad($"limit is 1 to {Limits.MaxPageSize}; it was {query.Limit}.");
        if (query.Cursor is { } cursor && !long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            return Bad("cursor must be the value that the previous page returned.");
        return Problem(query.Text, query.Error, "");
    }

    /// <summary>Returns the fault of a filter, which a request has under this name.</summary>
    internal static Error? Problem(TaskQuery query, string name)
    {
        if (query.Swarm is { } swarm && !Ids.IsValid(swarm)) return Bad(Ids.Rule($"{name}.swarm", swarm));
        if (query.Parent is { } parent && !Ids.IsValid(parent)) return Bad(Ids.Rule($"{name}.parent", parent));
        if (query.Agent is { } agent && !Ids.IsValid(agent)) return Bad(Ids.Rule($"{name}.agent", agent));
        return Problem(query.Text, query.Error, $"{name}.");
    }

    private static Error? Problem(string? text, string? error, string prefix)
    {
        if (TextRules.Problem($"{prefix}text", text, Limits.MaxSearchQueryLength) is { } tooLong) return tooLong;
        if (text is not null && TaskIndexText.Terms(text).Count is var words and (0 or > TaskIndexText.MaxTerms))
            return Bad(words == 0 ? $"{prefix}text has no word: '{text}'." : $"{prefix}text has at most {TaskIndexText.MaxTerms} words; it had {words}.");
        return error is null || (error.Length == TaskFault.Length && error.All(char.IsAsciiHexDigitLower))
            ? null
            : Bad($"{prefix}error is a fingerprint of {TaskFault.Length} hexadecimal digits, as task.errors returns it; it was '{error}'.");
    }

    /// <summary>Returns the filter of a list.</summary>
    internal static TaskQuery QueryOf(TaskList list) => new()
    {
        Swarm = list.Swarm,
        States = list.States,
        Parent = list.Parent,
        Agent = list.Agent,
        Type = list.TaskType,
        Text = list.Text,
        Error = list.Error,
    };

    /// <summary>Returns the reason to refuse the principal; null permits the request.</summary>
    internal static Error? Refusal(Principal by, TaskQuery query)
    {
        if (!by.Allowed(Permissions.ReadTasks)) return new(ErrorCodes.Forbidden, by.Missing(Permissions.ReadTasks));
        return query.Swarm is { } swarm && !by.Reaches(swarm) ? new(ErrorCodes.Forbidden, by.OutOfReach(swarm)) : null;
    }

    /// <summary>Returns the stored columns that the request and the principal's reach determine.</summary>
    internal static Dictionary<string, IReadOnlyList<string>> Columns(Principal by, TaskQuery query)
    {
        var equal = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        if (query.Swarm is { } swarm) equal["swarm"] = [swarm];
        else if (by.Swarms is { } reached) equal["swarm"] = [.. reached];
        if (query.Parent is { } parent) equal["parent"] = [parent];
        if (query.Agent is { } agent) equal["agent"] = [agent];
        if (query.States is { Count: > 0 } states) equal["state"] = [.. states.Select(TaskColumns.Name)];
        return equal;
    }

    private static Error Bad(string message) => new(ErrorCodes.InvalidRequest, message);
}
