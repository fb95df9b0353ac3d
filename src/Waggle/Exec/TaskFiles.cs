using System.Text;
using Waggle.Client;

namespace Waggle.Exec;

/// <summary>The files of one attempt. Gone when it has ended.</summary>
internal sealed class TaskFiles(WorkerFolder folder, TaskWork work) : IDisposable
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly List<string> _written = [];

    /// <returns>The file's path.</returns>
    /// <exception cref="TaskFailedException">It cannot be written.</exception>
    public string Write(string name, string text)
    {
        var path = Path.Combine(folder.Path, $"{work.Id}-{work.Attempt}-{work.Token}-{name}");
        try
        {
            _written.Add(path);
            File.WriteAllText(path, text, Utf8);
            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TaskFailedException("SPAWN_FAILED", $"The task's file cannot be written: {e.Message}", inner: e);
        }
    }

    public void Dispose()
    {
        foreach (var path in _written)
        {
            try
            {
                File.Delete(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The worker's whole folder goes when the worker ends.
            }
        }
    }
}
