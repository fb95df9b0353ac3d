using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Waggle.Core.Hives;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Core.Tests.Support;

/// <summary>
/// A hive without its thread. Each turn goes through the steps of the owner's loop, on a store in memory, at a time that the test sets. The general rules are
/// checked after every turn, for every test.
/// </summary>
internal sealed partial class TestHive
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly RecordRules _rules = new();

    public TestHive(HiveOptions? options = null, Random? dice = null)
    {
        Options = options ?? new HiveOptions();
        Dice = dice ?? new Random(1);
        Store = new MemoryStore([.. Features.Of(Options).SelectMany(f => f.Entities).Select(e => e.Kind)]);
        Now = Start;
        Restart();
    }

    public HiveOptions Options { get; }

    /// <summary>Whether owners from the next one on set damaged entities aside, and do not end at the first one.</summary>
    public bool SetsAside { get; set; }

    public Random Dice { get; }

    public MemoryStore Store { get; }

    public HiveEngine Engine { get; private set; } = null!;

    public HiveState State => Engine.State;

    public Tenure Tenure { get; private set; } = null!;

    public DateTimeOffset Now { get; set; }

    /// <summary>All that was published, in order.</summary>
    public List<Record> Published { get; } = [];

    /// <summary>The records that the last turn published.</summary>
    public IReadOnlyList<Record> Last { get; private set; } = [];

    public IEnumerable<RecordData> All => Published.Select(r => (RecordData)r.Payload!);

    /// <summary>The greatest number of records that one turn published.</summary>
    public int LargestTurn { get; private set; }

    /// <summary>Starts a new owner on the same store. No client is connected.</summary>
    public void Restart()
    {
        Tenure = Wait(Store.AcquireAsync(Options.Hive, Now, CancellationToken.None).AsTask());
        Engine = new HiveEngine(Options, Dice, NullLogger.Instance, SetsAside ? new(new(new FakeTime()), NullLogger.Instance) : null);
        Reload();
        Turn();
    }

    public Decision<T> Do<T>(Command<T> command) => (Decision<T>)DoAny(command);

    /// <summary>The same for a command whose result does not matter.</summary>
    public Decision DoAny(Command command) => (Turn(command) ?? throw new InvalidOperationException("The commit failed."))[0];

    /// <summary>One turn with these commands; null when it could not be stored.</summary>
    public IReadOnlyList<Decision>? Turn(params IReadOnlyList<Command> commands)
    {
        Engine.Begin(Now);
        Engine.FetchAsync(Store, commands).GetAwaiter().GetResult();
        if (Engine.FirstCommand() is { } first) Engine.Process(first);
        var decisions = commands.Select(Engine.Process).ToArray();
        var expected = ReferenceMatcher.Decide(State, Options);
        Engine.EndTurn();
        Assert.Equal(expected, Engine.Batch.Select(s => s.Data).OfType<TaskAssigned>().Select(a => (a.Task, a.Agent, a.AssignmentReason)));
        ReferenceMatcher.CheckIndex(State);
        var (commit, records) = Engine.Seal(Tenure.Epoch);
        try
        {
            if (commit is not null) Tenure = Wait(Store.CommitAsync(Tenure, commit, CancellationToken.None).AsTask());
        }
        catch (StoreException e) when (e is not StoreFencedException)
        {
            Reload();
            Last = [];
            StateRules.Check(this, _rules);
            return null;
        }

        Published.AddRange(records);
        Last = records;
        LargestTurn = Math.Max(LargestTurn, records.Length);
        _rules.See(records, Tenure.Head);
        Engine.SendMessagesAsync(Store).AsTask().GetAwaiter().GetResult();
        Engine.End();
        StateRules.Check(this, _rules);
        return decisions;
    }

    /// <summary>Lets time pass, with a turn at each moment that something is due.</summary>
    public void Advance(TimeSpan by)
    {
        var target = Now + by;
        while (State.Timers.NextDue is { } due && due <= target)
        {
            if (due > Now) Now = due;
            Turn(DueCommands());
        }

        Now = target;
    }

    /// <summary>The loop was busy all the while: time passed, and everything due comes in one turn, with the commands that waited first.</summary>
    public IReadOnlyList<Decision>? Late(TimeSpan by, params IReadOnlyList<Command> waiting)
    {
        Now += by;
        return Turn([.. waiting, .. DueCommands()]);
    }

    public void Reload() => Engine.LoadAsync(Store, Tenure, Now, CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>The task in memory, or as it is stored.</summary>
    public TaskEntity Task(string id)
    {
        if (State.Task(id) is { } task) return task;
        var stored = Store.Entities(Options.Hive).Single(e => e.Kind == "task" && e.Id == id);
        return JsonSerializer.Deserialize(stored.Body.Span, TaskJson.Default.TaskEntity)!;
    }

    public IReadOnlyList<AttemptView> Attempts(string id) =>
    [
        .. Store.Entities(Options.Hive).Where(e => e.Kind == "attempt" && e.Columns[0] == id).OrderBy(e => e.Seq)
            .Select(e => JsonSerializer.Deserialize(e.Body.Span, TaskJson.Default.AttemptView)!),
    ];

    /// <summary>The last record of a type.</summary>
    public T Replies<T>()
        where T : RecordData => All.OfType<T>().Last();

    private Command[] DueCommands()
    {
        var commands = new List<Command>();
        while (State.Timers.TryTake(Now, out var key)) commands.Add(Engine.TimerCommand(key));
        return [.. commands];
    }

    // The store in memory answers at once, so no thread is blocked.
    private static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();
}
