using System.CommandLine;
using System.Globalization;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary>The options for all fields that the creator of a task can set.</summary>
internal sealed class TaskSpecOptions
{
    private readonly Argument<string> _title = new("title") { Description = "The title of the task." };
    private readonly Option<string?> _prompt = new("--prompt")
    {
        Description = "Input for a language model: {\"prompt\": …}; @FILE reads a file, - standard input, @@ begins a text with an @. Excludes --input.",
        HelpName = "text|@file|-",
    };

    private readonly Option<string?> _input =
        new("--input") { Description = "Input as JSON; @FILE reads a file, - standard input.", HelpName = "json|@file|-" };
    private readonly Option<string?> _type =
        new("--type") { Description = "The task type: the task goes to agents that accept this type, and to agents that accept all types." };
    private readonly Option<string?> _swarm = new("--swarm") { Description = "The swarm of the task. Default: default." };
    private readonly Option<Dictionary<string, double>> _requires =
        Capabilities.Option("--requires", "A capability that the agent must have, and its minimum proficiency. May be repeated.", standard: 0);
    private readonly Option<int?> _priority = new("--priority") { Description = "The priority, from 1 (highest) to 5 (lowest), default 3." };
    private readonly Option<string[]> _dependsOn =
        new("--depends-on") { Description = "The id of a task that must end first. May be repeated.", HelpName = "id" };
    private readonly Option<string?> _join =
        new("--join")
        {
            Description = "all_completed: the task is cancelled when a dependency does not complete; all_ended: the task runs when all "
            + "dependencies have ended in any state."
        };
    private readonly Option<string?> _assignTo = new("--assign-to") { Description = "Assign the task only to this agent." };
    private readonly Option<string?> _parent = new("--parent") { Description = "The parent task." };
    private readonly Option<string?> _key = new("--idempotency-key") { Description = "A second creation with the same key returns the existing task." };
    private readonly Option<Dictionary<string, string>> _metadata = TaskInput.Metadata("--metadata", "Metadata to store with the task. May be repeated.");
    private readonly Option<int?> _lease = new("--lease-ms") { Description = "How long a lease lasts without a renewal." };
    private readonly Option<int?> _maxAttempts =
        new("--max-attempts") { Description = "Maximum failed attempts (default 3) before the task is a dead letter." };
    private readonly Option<int?> _poison = new("--poison-losses") { Description = "Maximum lost workers before the task is a dead letter." };
    private readonly Option<int?> _backoffBase = new("--backoff-base-ms") { Description = "The first delay before another attempt." };
    private readonly Option<int?> _backoffCap = new("--backoff-cap-ms") { Description = "The maximum delay before another attempt." };
    private readonly Option<long?> _toStart = new("--schedule-to-start-ms") { Description = "The maximum time in the queue." };
    private readonly Option<long?> _startToClose = new("--start-to-close-ms") { Description = "The maximum duration of one attempt." };
    private readonly Option<long?> _toClose = new("--schedule-to-close-ms") { Description = "The maximum total time from creation to finish." };
    private readonly Option<int?> _cancelGrace = new("--cancel-grace-ms") { Description = "How long the worker may take to stop a cancelled task." };

    private readonly Option<ConcurrencySpec?> _concurrency = FlowKeys.Option(
        "--concurrency", "KEY:LIMIT", "At most LIMIT tasks with this key run at a time.",
        text => FlowKeys.Split(text) is var (key, limit) ? new ConcurrencySpec(key, (int)Math.Clamp(limit, int.MinValue, int.MaxValue)) : null);
    private readonly Option<FairnessSpec?> _fairness = FlowKeys.Option(
        "--fairness", "KEY[:WEIGHT]", "The key that shares the agents with other keys, and the weight of its share, default 1.", Fair);

    private readonly Option<RateSpec?> _rate = FlowKeys.Option(
        "--rate", "KEY:LIMIT:MS", "At most LIMIT tasks with this key are assigned in a period of MS milliseconds.",
        text => FlowKeys.Split(text) is var (rest, period) && FlowKeys.Split(rest) is var (key, limit)
            ? new RateSpec(key, (int)Math.Clamp(limit, int.MinValue, int.MaxValue), period)
            : null);
    private readonly Option<string?> _singleton = new("--singleton") { Description = "Create no task while one with this key is open.", HelpName = "KEY" };
    private readonly Option<bool> _returnExisting = new("--return-existing") { Description = "With --singleton: print the open task in place of an error." };
    private readonly Option<DebounceSpec?> _debounce = FlowKeys.Option(
        "--debounce", "KEY:MS", "Wait MS milliseconds; a later task with this key within them takes the place of this one.",
        text => FlowKeys.Split(text) is var (key, period) ? new DebounceSpec(key, period) : null);

    private readonly VerifyOptions _verify = new();

    public TaskSpecOptions() => _join.AcceptOnlyFromAmong("all_completed", "all_ended");

    public IEnumerable<Symbol> All =>
    [
        _title, _prompt, _input, _type, _swarm, _requires, _priority, _dependsOn, _join, _assignTo, _parent, _key, _metadata,
        _lease, _maxAttempts, _poison, _backoffBase, _backoffCap, _toStart, _startToClose, _toClose, _cancelGrace, _concurrency, _rate, _fairness,
        _singleton, _returnExisting, _debounce, .. _verify.All,
    ];

    /// <summary>The options of a task that is created again and again: none that names other tasks.</summary>
    public IEnumerable<Symbol> OfEachRun => All.Except([_dependsOn, _join, _parent, _key, _singleton, _returnExisting, _debounce]);

    public async Task<TaskSpec> ReadAsync(HubCall call) => new()
    {
        Title = call.Get(_title),
        Input = await TaskInput.ReadAsync(call.Get(_prompt), call.Get(_input), call.Cancel),
        Type = call.Get(_type),
        Swarm = call.Get(_swarm),
        Requires = call.Get(_requires) is { Count: > 0 } requires ? requires : null,
        Priority = call.Get(_priority),
        DependsOn = call.Get(_dependsOn) is { Length: > 0 } ids ? ids : null,
        Join = call.Get(_join) is { } join && SnakeCase.TryParse<JoinRule>(join, out var rule) ? rule : null,
        AssignTo = call.Get(_assignTo),
        Parent = call.Get(_parent),
        IdempotencyKey = call.Get(_key),
        Metadata = call.Get(_metadata) is { Count: > 0 } metadata ? metadata : null,
        LeaseMs = call.Get(_lease),
        MaxAttempts = call.Get(_maxAttempts),
        PoisonLosses = call.Get(_poison),
        BackoffBaseMs = call.Get(_backoffBase),
        BackoffCapMs = call.Get(_backoffCap),
        ScheduleToStartMs = call.Get(_toStart),
        StartToCloseMs = call.Get(_startToClose),
        ScheduleToCloseMs = call.Get(_toClose),
        CancelGraceMs = call.Get(_cancelGrace),
        Concurrency = call.Get(_concurrency),
        Rate = call.Get(_rate),
        Fairness = call.Get(_fairness),
        Singleton = call.Get(_singleton) is { } single ? new(single, call.Get(_returnExisting) ? SingletonConflict.ReturnExisting : null) : null,
        Debounce = call.Get(_debounce),
        Verify = await _verify.ReadAsync(call),
    };

    // A key may contain colons, so the last part is a weight only if it is a number.
    private static FairnessSpec? Fair(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0 && double.TryParse(text.AsSpan(colon + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var weight)
            ? new FairnessSpec(text[..colon], weight)
            : new FairnessSpec(text);
    }
}
