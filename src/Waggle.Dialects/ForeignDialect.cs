using Waggle.Core.Agents;
using Waggle.Delivery;
using Waggle.Protocol.Messages;

namespace Waggle.Dialects;

/// <summary>A dialect whose clients send no hello and are no workers: they observe and control the hive.</summary>
public abstract class ForeignDialect : Dialect
{
    public sealed override void Welcome(HelloIntent hello, in Greeting greeting, IMessageWriter output) => throw NoWorker();

    public sealed override void Assign(Assignment assignment, IMessageWriter output) => throw NoWorker();

    public sealed override void Cancel(LeaseRef lease, string? reason, TimeSpan grace, IMessageWriter output) => throw NoWorker();

    public sealed override void Stop(LeaseRef lease, string reason, IMessageWriter output) => throw NoWorker();

    private NotSupportedException NoWorker() => new($"{GetType().Name} has no workers.");
}
