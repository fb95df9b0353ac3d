using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Benchmarks.EndToEnd;

/// <param name="Tasks">The number of tasks created over each transport.</param>
/// <param name="Lanes">The number of connections, each with one creation without an answer, the same over each transport.</param>
/// <param name="Readers">The number of readers of the events, over each transport.</param>
internal sealed record RestPlan(int Tasks, int Lanes, int Readers, int Events);

internal sealed record RestResult(
    int Tasks, int Lanes, double NativePerSecond, double RestPerSecond, double Share, double NativeHubMicros, double RestHubMicros,
    int Readers, int Events, double WebSocketPerSecond, double EventStreamPerSecond);

/// <summary>
/// Compares REST with waggle.v1 on the same hub: creations to their durable answers with as many in flight, and the same records to as many readers.
/// </summary>
internal sealed class RestBench(RestPlan plan, Action<string> say)
{
    private const string Title = "bench";
    private static readonly RawJson Input = RawJson.Parse($"{{\"payload\":\"{new string('x', 286)}\"}}");
    private static readonly byte[] Body = Encoding.UTF8.GetBytes($"{{\"title\":\"{Title}\",\"input\":{Input}}}");

    public async Task<RestResult> RunAsync(CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("waggle-bench-").FullName;
        try
        {
            await using var hub = await ChildHub.StartAsync(folder);
            await using var client = await BenchClient.ConnectAsync(hub.Url, cancel);
            using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = plan.Lanes }) { BaseAddress = hub.Url };
            var clients = await Task.WhenAll(Enumerable.Range(0, plan.Lanes).Select(_ => BenchClient.ConnectAsync(hub.Url, cancel)));
            Task Native(int lane) => clients[lane].CreateTaskAsync(new TaskSpec { Title = Title, Input = Input }, cancel);
            Task Rest(int lane) => PostAsync(http, cancel);

            say($"warm up; then {plan.Tasks} creations, {plan.Lanes} in flight, in turns");
            await CreateAsync(hub, Native, plan.Tasks / 5);
            await CreateAsync(hub, Rest, plan.Tasks / 5);

            // The two take turns, so that other load of the machine and the size of the hub's data affect both.
            var (native, rest) = (new List<(double Rate, double Micros)>(), new List<(double Rate, double Micros)>());
            for (var turn = 0; turn < 4; turn++)
            {
                native.Add(await CreateAsync(hub, Native, plan.Tasks / 4));
                rest.Add(await CreateAsync(hub, Rest, plan.Tasks / 4));
            }

            foreach (var each in clients) await each.DisposeAsync();
            say($"{plan.Events} records to {plan.Readers} readers");
            var sockets = await FanOutAsync(client, () => SocketAsync(hub.Url, cancel), cancel);
            var streams = await FanOutAsync(client, () => StreamAsync(http, cancel), cancel);
            var (n, r) = (native.Average(x => x.Rate), rest.Average(x => x.Rate));
            return new(plan.Tasks, plan.Lanes, n, r, r / n, native.Average(x => x.Micros), rest.Average(x => x.Micros), plan.Readers, plan.Events, sockets, streams);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<(double Rate, double Micros)> CreateAsync(ChildHub hub, Func<int, Task> create, int count)
    {
        var (cpu, started, next) = (hub.Cpu, Stopwatch.GetTimestamp(), 0);
        await Task.WhenAll(Enumerable.Range(0, plan.Lanes).Select(async lane =>
        {
            while (Interlocked.Increment(ref next) <= count) await create(lane);
        }));
        return (count / Stopwatch.GetElapsedTime(started).TotalSeconds, (hub.Cpu - cpu).TotalMicroseconds / count);
    }

    private static async Task PostAsync(HttpClient http, CancellationToken cancel)
    {
        using var content = new ByteArrayContent(Body);
        using var answer = await http.PostAsync(new Uri("/api/v1/tasks", UriKind.Relative), content, cancel);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Returns the number of records that reached readers in a second, all readers together.</summary>
    private async Task<double> FanOutAsync(WaggleClient client, Func<Task<IRecordReader>> open, CancellationToken cancel)
    {
        var readers = await Task.WhenAll(Enumerable.Range(0, plan.Readers).Select(_ => open()));
        try
        {
            var started = Stopwatch.GetTimestamp();
            var reading = Task.WhenAll(readers.Select(r => Task.Run(() => r.ReadAsync(plan.Events, cancel), cancel)));
            await client.CreateTasksAsync([.. Enumerable.Range(0, plan.Events).Select(_ => new TaskSpec { Title = Title, Input = Input })], cancel);
            await reading;
            return plan.Readers * (double)plan.Events / Stopwatch.GetElapsedTime(started).TotalSeconds;
        }
        finally
        {
            foreach (var reader in readers) reader.Dispose();
        }
    }

    private static async Task<IRecordReader> SocketAsync(Uri hub, CancellationToken cancel)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(hub) { Scheme = "ws", Path = "/ws/waggle" }.Uri, cancel);
        var reader = new RecordReader((buffer, stop) => ReadAsync(socket, buffer, stop), socket);
        await socket.SendAsync("""[{"type":"hello","protocols":["waggle.v1"],"batch":true},{"type":"subscribe","id":"s","topics":["task.*.created"]}]"""u8.ToArray(), WebSocketMessageType.Text, true, cancel);
        await reader.UntilAsync("\"subscription\""u8.ToArray(), cancel);
        return reader;

        static async ValueTask<int> ReadAsync(ClientWebSocket from, Memory<byte> buffer, CancellationToken stop) => (await from.ReceiveAsync(buffer, stop)).Count;
    }

    private static async Task<IRecordReader> StreamAsync(HttpClient http, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/events?pattern=task.*.created");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        var stream = await answer.Content.ReadAsStreamAsync(cancel);
        var reader = new RecordReader(stream.ReadAsync, answer);
        await reader.UntilAsync("event: position"u8.ToArray(), cancel);
        return reader;
    }
}
