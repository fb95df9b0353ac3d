using System.Text.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Client;

/// <summary>Reads inputs over HTTP that are too large for an assignment. Thread-safe.</summary>
internal sealed class InputDownload(HubHttp http, LeaseHeaders lease, TimeProvider time)
{
    /// <summary>Reads the whole input of a task. It tries again while the hub is away and the lease stands.</summary>
    /// <exception cref="WaggleException">The hub refused it.</exception>
    public async Task<TaskInput> ReadAsync(TaskWork work, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                using var request = lease.Request(HttpMethod.Get, work, "input");
                using var response = await http.SendAsync(request, cancel);
                await using var body = await response.Content.ReadAsStreamAsync(cancel);
                return (await JsonSerializer.DeserializeAsync(body, HubJson.Default.TaskInput, cancel))!;
            }
            catch (WaggleException e) when (e.RetryAfter is { } wait)
            {
                await Task.Delay(wait, time, cancel);
            }
        }
    }
}
