using Waggle.Client;
using Waggle.Protocol.Model;
using Waggle.Shared;

namespace Waggle.Models;

/// <summary>Reads what the hub has stored of an attempt: it alone has the operator's prices. It connects at the first use.</summary>
internal sealed class HubUsage(Uri hub, string? token) : IAsyncDisposable
{
    private readonly SemaphoreSlim _connecting = new(1, 1);
    private WaggleClient? _client;

    /// <returns>The usage of the attempt with its cost; null if the hub has none yet.</returns>
    public async Task<Usage?> ShowAsync(TaskWork work, CancellationToken cancel)
    {
        var task = await (await ClientAsync(cancel)).ShowTaskAsync(work.Id, cancel);
        return task.Attempt == work.Attempt ? task.Usage : null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is not null) await _client.DisposeAsync();
        _connecting.Dispose();
    }

    private async Task<WaggleClient> ClientAsync(CancellationToken cancel)
    {
        await _connecting.WaitAsync(cancel);
        try
        {
            return _client ??= await WaggleClient.ConnectAsync(new WaggleClientOptions { Url = hub, Token = token, ClientName = HubCall.ClientName }, cancel);
        }
        finally
        {
            _connecting.Release();
        }
    }
}
