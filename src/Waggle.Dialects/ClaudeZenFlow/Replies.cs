using System.Text.Json;
using Waggle.Core.Insight;
using Waggle.Core.Tasks;
using Waggle.Delivery;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.ClaudeZenFlow;

/// <summary>Writes answers to commands by the tables of <see cref="Pictures"/>: an acknowledgement, or an event for a client without one.</summary>
internal static class Replies
{
    public static void Write(IMessageWriter output, Call call, Intent intent, object value)
    {
        switch (value)
        {
            case SwarmView swarm:
                Write(output, call, swarm, static (writer, swarm) => Pictures.Write(writer, Pictures.Swarm, swarm));
                break;
            case TasksCreated { Tasks: [var created] } when intent is CommandIntent { Command: CreateTasks { Specs: [var spec] } }:
                Write(output, call, new CreatedTask(created, spec), static (writer, task) => Pictures.Write(writer, Pictures.Task, task));
                break;
            case HiveOverview overview:
                Write(output, call, overview, static (writer, overview) => Pictures.Write(writer, Pictures.Status, overview));
                break;
            default:
                throw new InvalidOperationException($"{call.Name} is not answered with a {value.GetType().Name}.");
        }
    }

    private static void Write<T>(IMessageWriter output, Call call, T picture, Action<Utf8JsonWriter, T> write)
    {
        if (call.Id is { } id) EventFrames.Ack(output, id, picture, write);
        else EventFrames.Event(output, System.Text.Encoding.UTF8.GetBytes(Commands.Find(call.Name)!.Answer), picture, write);
    }
}
