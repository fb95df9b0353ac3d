using System.Globalization;
using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Messages;

namespace Waggle.Core.Tasks;

/// <summary>Checks a request for tasks, for all APIs.</summary>
public static class TaskListRules
{
    public static Error? Problem(TaskList query)
    {
        if (query.Limit is < 1 or > Limits.MaxPageSize) return Bad($"limit is 1 to {Limits.MaxPageSize}; it was {query.Limit}.");
        if (query.Cursor is { } cursor && !long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            return Bad("cursor must be the value that the previous page returned.");
        return null;
    }

    /// <summary>Returns the reason to refuse the principal; null permits the request.</summary>
    internal static Error? Refusal(Principal by, TaskList query)
    {
        if (!by.Allowed(Permissions.ReadTasks)) return new(ErrorCodes.Forbidden, by.Missing(Permissions.ReadTasks));
        return query.Swarm is { } swarm && !by.Reaches(swarm) ? new(ErrorCodes.Forbidden, by.OutOfReach(swarm)) : null;
    }

    /// <summary>Returns the stored columns that the request and the principal's reach determine.</summary>
    internal static Dictionary<string, IReadOnlyList<string>> Columns(Principal by, TaskList query)
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
