using Waggle.Protocol.Messages;

namespace Waggle.Core.Runners;

/// <summary>
/// The link to a connected runner. The owner's loop calls it after the commit, so it must not block. It never drops a message: a link that cannot take one
/// closes itself, and the runner attaches again.
/// </summary>
public interface IRunnerLink
{
    void StartProcess(RunnerStart request);

    void StopProcess(RunnerStop request);
}
