using System.Globalization;
using Waggle.Core.Hives;
using Waggle.Protocol;
using Waggle.Protocol.Messages;

namespace Waggle.Core.Tasks;

/// <summary>What a question for tasks looks like, over whichever road it comes.</summary>
public static class TaskListRules
{
    public static Error? Problem(TaskList query)
    {
        if (query.Limit is < 1 or > Limits.MaxPageSize) return Bad($"limit is 1 to {Limits.MaxPageSize}; it was {query.Limit}.");
        if (query.Cursor is { } cursor && !long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            return Bad("cursor is what the reply before it gave.");
        return null;
    }

    private static Error Bad(string message) => new(ErrorCodes.InvalidRequest, message);
}
