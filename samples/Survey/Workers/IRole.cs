using Waggle.Client;
using Waggle.Protocol.Json;

namespace Waggle.Survey.Workers;

/// <summary>What a worker can do.</summary>
internal interface IRole
{
    string Capability { get; }

    ValueTask<RawJson> HandleAsync(TaskWork work, CancellationToken cancel);
}
