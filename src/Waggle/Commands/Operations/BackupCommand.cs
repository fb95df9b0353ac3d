using System.CommandLine;
using Waggle.Commands.Configuration;
using Waggle.Core.Ports;
using Waggle.Shared;
using Waggle.Storage.Sqlite.Backups;

namespace Waggle.Commands.Operations;

/// <summary><c>waggle backup</c> and <c>waggle restore</c>.</summary>
internal static class BackupCommand
{
    public static Command CreateBackup()
    {
        var folder = new FolderSettings("The data folder; a hub may be running on it.");
        var file =
            new Argument<string>("file") { Description = "The backup file to write; it must not exist. Large results go to the folder FILE.blobs next to it." };
        var json = HubOptions.CreateJson();
        var command = new Command("backup", "Write a consistent backup file of a data folder. Its hub may be running.") { file, json };
        folder.Settings.AddTo(command);
        command.SetAction((parse, _) => Task.FromResult(Run(
            parse.GetValue(json), () => SqliteBackup.Create(folder.Of(parse), Path.GetFullPath(parse.GetValue(file)!)))));
        return command;
    }

    public static Command CreateRestore()
    {
        var folder = new FolderSettings("The data folder to create; required. It must not contain a database.");
        var file = new Argument<string>("file") { Description = "The backup file." };
        var json = HubOptions.CreateJson();
        var command = new Command(
            "restore", "Create a data folder from a backup. Clients cannot resume from their old positions; they load the current state.") { file, json };
        folder.Settings.AddTo(command);
        command.SetAction((parse, _) => Task.FromResult(Run(
            parse.GetValue(json), () => SqliteRestore.Restore(Path.GetFullPath(parse.GetValue(file)!), folder.Named(parse), TimeProvider.System))));
        return command;
    }

    private static int Run(bool json, Func<StoredFile> work)
    {
        try
        {
            Print(work(), json);
            return ExitCodes.Ok;
        }
        catch (StoreException e)
        {
            return Cli.Fail(e.Message, ExitCodes.Failed);
        }
    }

    private static void Print(StoredFile made, bool json)
    {
        if (!json)
        {
            Printer.Line($"{made.Path}: {made.Bytes} bytes");
            if (made.Blobs > 0) Printer.Line($"long results: {made.Blobs}, {made.BlobBytes} bytes");
            foreach (var hive in made.Hives)
            {
                Printer.Line($"hive {hive.Name}: position {hive.Epoch}:{hive.Head}, last written {Printer.Time(hive.LastWriteAt)}");
            }

            return;
        }

        Printer.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("file"u8, made.Path);
            writer.WriteNumber("bytes"u8, made.Bytes);
            writer.WriteNumber("blobs"u8, made.Blobs);
            writer.WriteNumber("blob_bytes"u8, made.BlobBytes);
            writer.WriteStartArray("hives"u8);
            foreach (var hive in made.Hives)
            {
                writer.WriteStartObject();
                writer.WriteString("hive"u8, hive.Name);
                writer.WriteString("position"u8, $"{hive.Epoch}:{hive.Head}");
                writer.WriteString("last_write_at"u8, Printer.Time(hive.LastWriteAt));
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }
}
