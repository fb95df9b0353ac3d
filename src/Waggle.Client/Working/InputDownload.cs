using System.Text.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Client;

/// <summary>Reads inputs over HTTP that are too large for an assignment. Thread-safe.</summary>
internal sealed class InputDownload(LeaseHttp http)
{
    /// <summary>Reads the whole input of a task.</summary>
    /// <exception cref="WaggleException">The hub refused it.</exception>
    public async Task<TaskInput> ReadAsync(TaskWork work, CancellationToken cancel) =>
        (await http.SendAsync(
            HttpMethod.Get, work, "input", static (body, cancel) => JsonSerializer.DeserializeAsync(body, HubJson.Default.TaskInput, cancel), cancel))!;
}
