using Waggle.Core.Ports;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>
/// The kind of ended attempts, which are entities of their own and stored as they are shown (<see cref="AttemptView"/>). The running attempt is the lease in
/// its task; a second entity for it would cost a row without use.
/// </summary>
public static class AttemptEntity
{
    public static EntityKind Entity { get; } = new("attempt", ["task", "agent"]);

    public static string Id(string task, int attempt) => $"{task}:{attempt}";
}
