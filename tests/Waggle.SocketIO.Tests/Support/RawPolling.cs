using System.Net;
using System.Text;
using System.Text.Json;

namespace Waggle.SocketIO.Tests.Support;

/// <summary>Engine.IO by polling, by hand.</summary>
internal sealed class RawPolling(HttpClient http)
{
    public string Sid { get; private set; } = "";

    public string Url => $"/socket.io/?EIO=4&transport=polling&sid={Sid}";

    public async Task BeginAsync()
    {
        var open = await http.GetStringAsync("/socket.io/?EIO=4&transport=polling");
        Sid = JsonDocument.Parse(open[1..]).RootElement.GetProperty("sid").GetString()!;
    }

    /// <summary>Returns the packets that wait, joined by <c>|</c>.</summary>
    public async Task<string> GetAsync()
    {
        using var answer = await AskAsync().WaitAsync(Eventually.Patience);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadAsStringAsync()).Replace('\x1e', '|');
    }

    public Task<HttpResponseMessage> AskAsync(CancellationToken cancel = default) => http.GetAsync(Url, cancel);

    public Task<HttpResponseMessage> PostAsync(string packets, string type = "text/plain") =>
        http.PostAsync(Url, new StringContent(packets.Replace('|', '\x1e'), Encoding.UTF8, type));

    public async Task SendAsync(string packets)
    {
        using var answer = await PostAsync(packets);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("ok", await answer.Content.ReadAsStringAsync());
    }

    public async Task<HttpStatusCode> StatusAsync()
    {
        using var answer = await AskAsync().WaitAsync(Eventually.Patience);
        return answer.StatusCode;
    }
}
