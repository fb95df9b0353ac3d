using Waggle.Core.Ports;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>
/// Ended attempts are entities of their own, stored as they are shown (<see cref="AttemptView"/>). The attempt that runs is the lease in its task:
/// writing it twice would cost a row for nothing.
/// </summary>
public static class AttemptEntity
{
    public static EntityKind Entity { get; } = new("attempt", ["task", "agent"]);

    public static string Id(string task, int attempt) => $"{task}:{attempt}";
}
