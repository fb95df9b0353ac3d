using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>The index columns of a task, in the order of its kind's declaration.</summary>
internal static class TaskColumns
{
    private static readonly string[] States =
        [.. Enum.GetValues<TaskState>().Select(s => SnakeCase.Of(s))];

    public static string Name(TaskState state) => States[(int)state];

    public static string?[] Of(TaskEntity task) =>
    [
        task.Swarm,
        Name(task.State),
        task.Spec.Parent,
        task.Lease?.Agent,
        task.Spec.IdempotencyKey is { } key ? TaskEntity.IdempotencyColumn(task.Swarm, key) : null,
    ];
}
