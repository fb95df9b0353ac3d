using System.CommandLine;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary><c>waggle task create</c></summary>
internal static class TaskCreateCommand
{
    public static Command Create()
    {
        var options = new TaskSpecOptions();
        var wait = new Option<bool>("--wait")
        {
            Description = "Wait until the task ends: progress on standard error, the result on standard output. Exit code 1 if it does not complete.",
        };
        var raw = ResultText.Raw();
        raw.Description += " Requires --wait.";
        return HubCommand.Create(
            "create",
            "Create a task.",
            async call =>
            {
                if (call.Get(raw) && !call.Get(wait)) throw new CliException("--raw requires --wait.", ExitCodes.Usage);
                var spec = await options.ReadAsync(call);
                var client = await call.ConnectAsync(patient: call.Get(wait));
                var created = await client.CreateTaskAsync(spec, call.Cancel);
                if (call.Get(wait)) return await TaskWait.RunAsync(call, client, created, call.Get(raw));
                TaskText.Created(call.Print, created);
                return ExitCodes.Ok;
            },
            [.. options.All, wait, raw]);
    }
}
