using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Waggle.Core;
using Waggle.Core.Hives;
using Waggle.Core.Kernel;
using Waggle.Core.Memory;
using Waggle.Core.Ports;
using Waggle.Core.Search;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.Protocol.Records;
using Waggle.Storage.Sqlite.Search;
using Waggle.TestKit;

namespace Waggle.Storage.Sqlite.Tests.Search;

/// <summary>A hive with its own loop, a database and a search index on the disk.</summary>
internal sealed class SearchHive : IBatchSink, IAsyncDisposable
{
    public static readonly Principal User = Principal.Local("default", "user");

    private readonly TempFolder _folder = new();
    private SqliteStore? _store;
    private SqliteSearchIndex? _index;

    public Hive Hive { get; private set; } = null!;

    public SearchEmbedder? Embedder { get; set; }

    public HiveOptions Options { get; set; } = new();

    public FaultLog Log { get; } = new();

    public string IndexPath => _folder.File(SqliteSearchIndex.FileName);

    public static async Task<SearchHive> StartAsync(SearchEmbedder? embedder = null)
    {
        var hive = new SearchHive { Embedder = embedder };
        await hive.OpenAsync();
        return hive;
    }

    public async Task OpenAsync(bool withSearch = true)
    {
        var options = new SqliteStoreOptions { Folder = _folder.Path, Synchronous = SqliteSynchronous.Normal, ReserveBytes = 0 };
        _store = SqliteStore.Open(options, Hive.Kinds, TimeProvider.System);
        _index = SqliteSearchIndex.In(_folder.Path);
        Hive = await Hive.StartAsync(
            new HiveParts
            {
                Store = _store,
                Sink = this,
                Time = TimeProvider.System,
                Dice = new Random(1),
                Log = Log,
                Options = Options,
                Search = withSearch ? new SearchParts(_index) { Embedder = Embedder } : null,
            },
            CancellationToken.None);
    }

    public async Task CloseAsync()
    {
        if (_store is null) return;
        await Hive.DisposeAsync();
        await _index!.DisposeAsync();
        await _store.DisposeAsync();
        _store = null;
    }

    public async Task RestartAsync()
    {
        await CloseAsync();
        await OpenAsync();
    }

    public ValueTask PublishAsync(SealedBatch batch) => default;

    /// <summary>Puts a text.</summary>
    public async Task<MemoryEntryView> PutAsync(string key, string text, string ns = "notes", string? swarm = null, TimeSpan? ttl = null, string? tag = null)
    {
        var put = new PutMemory(ns, key, RawJson.Parse(System.Text.Json.JsonSerializer.Serialize(text)), swarm, Ttl: ttl)
        {
            By = User,
            Metadata = tag is null ? null : new Dictionary<string, string> { ["tag"] = tag },
        };
        return Done(await Hive.AskAsync(put, CancellationToken.None));
    }

    public async Task DeleteAsync(string key, string ns = "notes", string? swarm = null) =>
        Done(await Hive.AskAsync(new DeleteMemory(ns, key, swarm) { By = User }, CancellationToken.None));

    public Task<Outcome<MemorySearchResult>> AskAsync(SearchMemory search) => Hive.QueryAsync(search, CancellationToken.None);

    /// <summary>Searches once the index has everything that was put.</summary>
    public async Task<MemorySearchResult> FindAsync(SearchMemory search)
    {
        await SettleAsync();
        return Done(await AskAsync(search));
    }

    public async Task<string[]> KeysAsync(string text, MemorySearchMode mode = MemorySearchMode.Lexical, string? ns = null, string? prefix = null) =>
        [.. (await FindAsync(new SearchMemory(text) { Mode = mode, Namespace = ns, Prefix = prefix, By = User })).Results.Select(h => h.Key)];

    /// <summary>Waits until the index has every change and every vector.</summary>
    public async Task<SearchIndexView> SettleAsync()
    {
        var head = Hive.Head;
        SearchIndexView? index = null;
        await Eventually.Async(
            async () =>
            {
                var outcome = await AskAsync(new SearchMemory("nothing-of-this-name") { Mode = MemorySearchMode.Lexical, By = User });
                index = outcome.Value?.Index;
                return index is { PendingVectors: 0, Position: { } at } && at.Offset >= head.Offset;
            },
            "the index reaches the head of the log");
        return index!;
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _folder.Dispose();
    }

    private static T Done<T>(Outcome<T> outcome) => outcome.Error is null ? outcome.Value! : throw new InvalidOperationException(outcome.Error.Message);
}

/// <summary>An embedder of few numbers whose calls a test sees: a text's vector counts its letters a, b, c and so on.</summary>
internal sealed class LetterEmbedder(int dimensions) : IEmbeddingGenerator<string, Embedding<float>>
{
    private int _texts;
    private int _calls;

    public int Texts => Volatile.Read(ref _texts);

    public int Calls => Volatile.Read(ref _calls);

    public bool Fails { get; set; }

    /// <summary>Which texts the service answers with 400.</summary>
    public Func<string, bool> Refuses { get; set; } = static _ => false;

    /// <summary>Which texts the service answers with 500.</summary>
    public Func<string, bool> Breaks { get; set; } = static _ => false;

    public static SearchEmbedder Of(LetterEmbedder generator, string name = "letters") => new(name, name, () => generator);

    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _calls);
        if (Fails) throw new HttpRequestException("Connection refused by 10.0.0.5.");
        if (values.Any(Refuses)) throw new HttpRequestException("The service answered 400: secret detail", null, HttpStatusCode.BadRequest);
        if (values.Any(Breaks)) throw new HttpRequestException("The service answered 500: out of memory", null, HttpStatusCode.InternalServerError);
        return Task.FromResult<GeneratedEmbeddings<Embedding<float>>>([.. values.Select(v => new Embedding<float>(VectorOf(v)))]);
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }

    private float[] VectorOf(string text)
    {
        Interlocked.Increment(ref _texts);
        var vector = new float[dimensions];
        foreach (var c in text)
        {
            if (c - 'a' is var letter and >= 0 && letter < dimensions) vector[letter]++;
        }

        return vector;
    }
}

/// <summary>Keeps the exceptions that are logged.</summary>
internal sealed class FaultLog : ILogger
{
    private readonly ConcurrentQueue<string> _faults = [];

    public IEnumerable<string> Faults => _faults;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (exception is not null) _faults.Enqueue(exception.ToString());
    }
}
