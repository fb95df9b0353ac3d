using System.CommandLine;
using Waggle.Commands.Configuration;
using Waggle.Shared;

namespace Waggle.Commands.Operations;

/// <summary><c>waggle doctor</c>: whether a hub would run well here, and the reasons if not.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var folder = new FolderSettings("The data folder.");
        var port = folder.Settings.Number("port", "The port that the hub would listen on.", least: 0, most: 65_535, standard: CompatPorts.StandardPort);
        var json = HubOptions.CreateJson();
        var repair = new Option<bool>(
            "--repair")
        { Description = "Read every stored page and entity, and show the damaged and the recoverable parts. Changes nothing." };
        var command = new Command(
            "doctor", "Check the data folder, its disk, the port, SQLite and the clock. Exit code 0: no check failed; 1: a check failed.") { json, repair };
        folder.Settings.AddTo(command);
        command.SetAction((parse, _) =>
        {
            if (parse.GetValue(repair)) return Task.FromResult(DamageText.Show(folder.Of(parse), parse.GetValue(json)));
            var checks = Look(folder.Of(parse), parse.GetValue(port), TimeProvider.System);
            if (parse.GetValue(json)) PrintJson(checks);
            else Printer.Table(["check", "state", "detail"], [.. checks.Select(c => new string?[] { c.Name, Word(c.State), c.Detail })]);
            return Task.FromResult(Worst(checks) == CheckState.Fail ? ExitCodes.Failed : ExitCodes.Ok);
        });
        return command;
    }

    private static IReadOnlyList<Check> Look(string folder, int port, TimeProvider time)
    {
        var (wall, stamp) = (time.GetUtcNow(), time.GetTimestamp());
        return [.. FolderChecks.Run(folder, wall), .. port == 0
            ? []
            : new[] { MachineChecks.Port(port) }, MachineChecks.Sqlite(), MachineChecks.Clock(time, wall, stamp)];
    }

    private static CheckState Worst(IReadOnlyList<Check> checks) => checks.Max(c => c.State);

    private static string Word(CheckState state) => state switch { CheckState.Ok => "ok", CheckState.Warn => "warn", _ => "fail" };

    private static void PrintJson(IReadOnlyList<Check> checks) => Printer.Json(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("state"u8, Word(Worst(checks)));
        writer.WriteStartArray("checks"u8);
        foreach (var check in checks)
        {
            writer.WriteStartObject();
            writer.WriteString("check"u8, check.Name);
            writer.WriteString("state"u8, Word(check.State));
            writer.WriteString("detail"u8, check.Detail);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });
}
