using Waggle.Client;
using Waggle.Protocol.Json;

namespace Waggle.Survey.Workers;

/// <summary>The work of a worker.</summary>
internal interface IRole
{
    string Capability { get; }

    ValueTask<RawJson> HandleAsync(TaskWork work, CancellationToken cancel);
}
