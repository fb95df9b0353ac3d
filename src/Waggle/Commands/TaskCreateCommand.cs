using System.CommandLine;
using Waggle.Commands.Shared;

namespace Waggle.Commands;

/// <summary><c>waggle task create</c></summary>
internal static class TaskCreateCommand
{
    public static Command Create()
    {
        var options = new TaskSpecOptions();
        var wait = new Option<bool>("--wait")
        {
            Description = "Wait for the end: progress on standard error, the result on standard output. Exit code 1 when it did not complete.",
        };
        return HubCommand.Create(
            "create",
            "Create a task.",
            async call =>
            {
                var spec = await options.ReadAsync(call);
                var client = await call.ConnectAsync(patient: call.Get(wait));
                var created = await client.CreateTaskAsync(spec, call.Cancel);
                if (call.Get(wait)) return await TaskWait.RunAsync(call, client, created);
                TaskText.Created(call.Print, created);
                return ExitCodes.Ok;
            },
            [.. options.All, wait]);
    }
}
