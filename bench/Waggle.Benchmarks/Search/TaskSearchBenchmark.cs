using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Waggle.Benchmarks.Store;
using Waggle.Core;
using Waggle.Core.Hives;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Searching;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Protocol.Records;
using Waggle.Storage.Sqlite;
using Waggle.Storage.Sqlite.Search;

namespace Waggle.Benchmarks.Search;

/// <summary><c>task-search [TASKS] [QUERIES]</c>: lists of finished tasks by words, type, state and error, and the groups of errors, in this process.</summary>
internal static class TaskSearchBenchmark
{
    private const int Batch = 5_000;
    private static readonly string[] Words = [.. Enumerable.Range(0, 5_000).Select(i => Word(i))];
    private static readonly string[] Types = ["build", "test", "deploy", "crawl", "summarize", "translate", "review", "index", "render", "train"];
    private static readonly Principal By = Principal.Local("default", "bench");

    public static async Task Run(string[] args)
    {
        var tasks = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1_000_000;
        var queries = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 300;
        using var folder = new Folder();
        var options = new SqliteStoreOptions { Folder = folder.Path };
        await using (var store = SqliteStore.Open(options, Hive.Kinds, TimeProvider.System)) await FillAsync(store, tasks);
        await using var opened = SqliteStore.Open(options, Hive.Kinds, TimeProvider.System);
        await using var index = SqliteTaskIndex.In(folder.Path);
        var search = new SearchParts(SqliteSearchIndex.In(folder.Path)) { Tasks = index };
        var clock = Stopwatch.StartNew();
        var parts = new HiveParts
        {
            Store = opened,
            Sink = new NoSink(),
            Time = TimeProvider.System,
            Dice = new Random(1),
            Log = NullLogger.Instance,
            Options = new HiveOptions(),
            Search = search,
        };
        await using var hive = await Hive.StartAsync(parts, CancellationToken.None);
        while ((await ListAsync(hive, new TaskList { Text = Words[0] })).Error is not null) await Task.Delay(100);
        Console.WriteLine($"{tasks} tasks indexed in {clock.Elapsed.TotalSeconds:F1} s; {new FileInfo(Path.Combine(folder.Path, SqliteTaskIndex.FileName)).Length >> 20} MiB");

        var dice = new Random(2);
        await MeasureAsync("one word", queries, () => ListAsync(hive, new TaskList { Text = Any(dice) }));
        await MeasureAsync("two words", queries, () => ListAsync(hive, new TaskList { Text = $"{Any(dice)} {Any(dice)}" }));
        await MeasureAsync("a beginning (three letters)", queries, () => ListAsync(hive, new TaskList { Text = $"{Any(dice)[..3]}*" }));
        await MeasureAsync("a word and failed", queries, () => ListAsync(hive, new TaskList { Text = Any(dice), States = [TaskState.Failed] }));
        await MeasureAsync(
            "a word, a type, a swarm",
            queries,
            () => ListAsync(hive, new TaskList { Text = Any(dice), TaskType = Types[dice.Next(Types.Length)], Swarm = $"s{dice.Next(20)}" }));
        await MeasureAsync("a type", queries, () => ListAsync(hive, new TaskList { TaskType = Types[dice.Next(Types.Length)] }));
        await MeasureAsync("a word of every task", queries, () => ListAsync(hive, new TaskList { Text = "task" }));
        await MeasureAsync("a metadata value", queries, () => ListAsync(hive, new TaskList { Text = $"customer{dice.Next(tasks)}" }));
        await MeasureAsync("count of a word", queries, () => hive.QueryAsync(new CountTasks(new TaskList { Text = Any(dice) }) { By = By }, CancellationToken.None));
        await MeasureAsync("groups of all errors", Math.Min(queries, 50), () => hive.QueryAsync(new ListTaskErrors(new()) { By = By }, CancellationToken.None));
        await MeasureAsync("groups of a type's errors", Math.Min(queries, 50), () => hive.QueryAsync(
            new ListTaskErrors(new() { Type = Types[dice.Next(Types.Length)] }) { By = By }, CancellationToken.None));
    }

    private static Task<Outcome<TaskPage>> ListAsync(Hive hive, TaskList list) => hive.QueryAsync(new ListTasks(list) { By = By }, CancellationToken.None);

    private static async Task MeasureAsync<T>(string what, int times, Func<Task<Outcome<T>>> ask)
    {
        var took = new double[times];
        for (var i = 0; i < times; i++)
        {
            var started = Stopwatch.GetTimestamp();
            if ((await ask()).Error is { } error) throw new InvalidOperationException(error.Message);
            took[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }

        Array.Sort(took);
        Console.WriteLine($"{what,-30} p50 {took[times / 2]:F1} ms, p95 {took[times * 95 / 100]:F1} ms, greatest {took[^1]:F1} ms");
    }

    private static async Task FillAsync(SqliteStore store, int count)
    {
        var dice = new Random(1);
        var now = DateTimeOffset.UtcNow.AddDays(-1);
        var tenure = await store.AcquireAsync("default", now, default);
        while (tenure.Head < count)
        {
            now = now.AddMilliseconds(100);
            var entities = new List<StoredEntity>(Batch);
            for (var seq = tenure.Head + 1; entities.Count < Batch && seq <= count; seq++) entities.Add(Of(seq, now, dice));
            tenure = await store.CommitAsync(tenure, new CommitBatch(entities, tenure.Head + entities.Count, "[]"u8.ToArray(), now), default);
        }
    }

    // One task of twenty failed, with one of two hundred errors.
    private static StoredEntity Of(long seq, DateTimeOffset at, Random dice)
    {
        var failed = seq % 20 == 0;
        var (state, swarm) = (failed ? "failed" : "completed", $"s{dice.Next(20)}");
        var title = $"task {Any(dice)} {Any(dice)} {Any(dice)} {Any(dice)}";
        var metadata = $$"""{"customer":"customer{{dice.Next(100_000)}}","branch":"{{Any(dice)}}"}""";
        var error = failed ? $$""","error":{"code":"E{{dice.Next(20)}}","message":"The {{Words[dice.Next(10)]}} of host {{dice.Next(10_000)}} is gone."}""" : "";
        var time = at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        var body = $$"""
            {"v":1,"id":"t{{seq}}","seq":{{seq}},"spec":{"title":"{{title}}","type":"{{Types[dice.Next(Types.Length)]}}","metadata":{{metadata}}},"swarm":"{{swarm}}",
            "state":"{{state}}","priority":3,"created_at":"{{time}}","updated_at":"{{time}}","ended_at":"{{time}}","attempt":1{{error}}}
            """;
        return new StoredEntity("task", $"t{seq}", seq, at, [swarm, state, null, null, null], Encoding.UTF8.GetBytes(body));
    }

    // Few words are frequent and many are rare, as in texts.
    private static string Any(Random dice) => Words[(int)(Words.Length * Math.Pow(dice.NextDouble(), 3))];

    private static string Word(int number)
    {
        const string Consonants = "bdfgklmnprst";
        const string Vowels = "aeiou";
        var word = "";
        for (var left = number + 1; left > 0 || word.Length < 6; left /= 60) word += $"{Consonants[left % 12]}{Vowels[left / 12 % 5]}";
        return word;
    }

    private sealed class NoSink : IBatchSink
    {
        public ValueTask PublishAsync(SealedBatch batch) => default;
    }
}
