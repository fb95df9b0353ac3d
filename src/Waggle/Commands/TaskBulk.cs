using System.CommandLine;
using System.Globalization;
using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary>The options by which <c>waggle task cancel</c>, <c>retry</c> and <c>priority</c> change all tasks that match a filter, and the run.</summary>
internal sealed class TaskBulk
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(500);

    private readonly Option<string?> _where = new("--where")
    {
        Description = "Change all tasks that match, for example 'state:pending swarm:s1'. Keys: state, swarm, agent, parent, type, error, text.",
        HelpName = "filter",
    };

    private readonly Option<bool> _yes = new("--yes") { Description = "With --where: do not ask for a confirmation." };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "With --where: print the number of tasks that match and change nothing." };
    private readonly Option<bool> _noWait = new("--no-wait") { Description = "With --where: do not wait until all tasks are changed." };

    public IEnumerable<Symbol> Options => [_where, _yes, _dryRun, _noWait];

    /// <summary>Returns the argument for one task, which --where replaces.</summary>
    public static Argument<string> Id()
    {
        var id = HubIds.OfTask();
        id.Arity = ArgumentArity.ZeroOrOne;
        return id;
    }

    /// <summary>Whether the command is about all tasks that match.</summary>
    public bool IsAsked(HubCall call, string? id)
    {
        if (call.Get(_where) is not null)
            return id is null ? true : throw new CliException("A task's id and --where exclude each other.", ExitCodes.Usage);
        if (id is null) throw new CliException("Name a task, or --where with a filter.", ExitCodes.Usage);
        if (call.Get(_yes) || call.Get(_dryRun) || call.Get(_noWait))
            throw new CliException("--yes, --dry-run and --no-wait go with --where.", ExitCodes.Usage);
        return false;
    }

    public async Task<int> RunAsync(HubCall call, Func<TaskQuery, BulkSpec> specOf)
    {
        if (!TaskQueryText.TryParse(call.Get(_where)!, out var query, out var problem)) throw new CliException($"--where: {problem}", ExitCodes.Usage);
        var bulks = (await call.ConnectAsync()).Bulks;
        var spec = specOf(query);
        var counted = await bulks.CountAsync(spec, call.Cancel);
        if (call.Get(_dryRun))
        {
            if (call.Print.IsJson) Printer.Json(counted, HubJson.Default.BulkCounted);
            else Printer.Line($"{Number(counted.Matched)} tasks match: {TaskQueryText.Of(counted.Spec.Filter)}");
            return ExitCodes.Ok;
        }

        if (!call.Get(_yes) && !IsConfirmed(call, counted)) return ExitCodes.Usage;
        var bulk = await bulks.StartAsync(spec, call.Cancel);
        if (!call.Get(_noWait)) bulk = await WaitAsync(call, bulks, bulk);
        return BulkText.Print(call, bulk);
    }

    private static bool IsConfirmed(HubCall call, BulkCounted counted)
    {
        var what = $"{SnakeCase.Of(counted.Spec.Action)}: {Number(counted.Matched)} tasks match";
        if (call.Print.IsJson || Console.IsInputRedirected)
            throw new CliException($"{what}. Add --yes to change them, or --dry-run to print their number.", ExitCodes.Usage);
        Console.Error.Write($"{what}. Change them? [y/N] ");
        if (Console.ReadLine()?.Trim() is "y" or "Y" or "yes") return true;
        Printer.Note("Nothing was changed.");
        return false;
    }

    private static async Task<BulkView> WaitAsync(HubCall call, WaggleBulks bulks, BulkView bulk)
    {
        var said = -1L;
        using var beat = new PeriodicTimer(Beat);
        while (bulk.State == BulkState.Running)
        {
            await beat.WaitForNextTickAsync(call.Cancel);
            bulk = await bulks.GetAsync(bulk.Id, call.Cancel) ?? throw new CliException($"Bulk '{bulk.Id}' is gone.");
            var handled = bulk.Changed + bulk.Unchanged + bulk.Skipped + bulk.Failed;
            if (handled == said || bulk.State != BulkState.Running) continue;
            Printer.Note($"{bulk.Id}: {Number(handled)} of {Number(bulk.Matched)} tasks. 'waggle bulk stop {bulk.Id}' stops it.");
            said = handled;
        }

        return bulk;
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
