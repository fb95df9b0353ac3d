using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Leases;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Support;

/// <summary>The vocabulary of tests about a hive.</summary>
internal sealed partial class TestHive
{
    public static Principal User { get; } = Principal.Local("default", "user");

    /// <summary>Registers an agent, or takes it up again.</summary>
    public TestWorker Worker(string id, int slots = 1, Dictionary<string, double>? can = null, string? swarm = null, string? secret = null)
    {
        var worker = new TestWorker(this, id, secret);
        worker.Hello(slots, can, swarm);
        return worker;
    }

    public string Create(string title = "task", Func<TaskSpec, TaskSpec>? with = null) => CreateAll((with ?? (s => s))(new TaskSpec { Title = title })).Single().Id;

    public IReadOnlyList<Waggle.Protocol.Messages.TaskCreated> CreateAll(params TaskSpec[] specs) => Ok<TasksCreated>(new CreateTasks(specs) { By = User }).Tasks;

    public TaskAck Cancel(string task, bool force = false, string? reason = null) => Ok<TaskAck>(new CancelTask(task, reason, force) { By = User });

    public TaskAck Prioritise(string task, int priority) => Ok<TaskAck>(new SetPriority(task, priority) { By = User });

    public Waggle.Protocol.Messages.TaskCreated Retry(string task) => Ok<Waggle.Protocol.Messages.TaskCreated>(new RetryTask(task) { By = User });

    public TaskView Show(string task) => Ok<TaskView>(new ShowTask(task) { By = User });

    public AgentView Agent(string id) => Ok<AgentView>(new ShowAgent(id) { By = User });

    public AgentView Drain(string id) => Ok<AgentView>(new DrainAgent(id) { By = User });

    public AgentView Remove(string id, string? reason = null) => Ok<AgentView>(new RemoveAgent(id, reason) { By = User });

    public SwarmView Swarm(SwarmState state, string id = "default") => Ok<SwarmView>(new SetSwarmState(id, state) { By = User });

    public T Ok<T>(Command<T> command)
    {
        var decision = Do(command);
        Assert.Null(decision.Error);
        Assert.NotNull(decision.Value);
        return decision.Value;
    }

    public Error Refused(Command command)
    {
        var decision = DoAny(command);
        Assert.NotNull(decision.Error);
        return decision.Error;
    }

    /// <summary>The error that creating this task meets.</summary>
    public Error RefusedTask(Func<TaskSpec, TaskSpec> change) => Refused(new CreateTasks([change(new TaskSpec { Title = "task" })]) { By = User });

    public TaskState StateOf(string task) => Task(task).State;
}
