using BindToInterface.Policy;
using BindToInterface.Supervisor.Configuration;
using BindToInterface.Supervisor.Logging;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BindToInterface.Supervisor.Lifetime;

/// <summary>
/// Follows the file of the profile while the program runs. What is changed in it counts for new connections; a file that is
/// wrong or gone changes nothing. One line tells of each change.
/// </summary>
/// <param name="profile">The profile as it was read at the start.</param>
/// <param name="read">Reads the settings with a profile.</param>
/// <param name="live">The settings that count.</param>
/// <param name="logger">Where the lines go.</param>
internal sealed class ProfileFollower(Profile profile, Func<Profile, Settings> read, LiveSettings live, ILogger logger) : IHostedService
{
    private const int StackSize = 256 * 1024;

    private byte[] known = profile.Content;
    private string? refusal;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        new Thread(Follow, StackSize) { IsBackground = true, Name = "profile" }.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Follow()
    {
        using var changes = new FileChanges(profile.Path);
        while (true)
        {
            Errno error = changes.Watch();
            if (error != Errno.None)
            {
                logger.ProfileNotWatched(profile.Path, error.ToString());
                return;
            }

            // Also at the start: it may have changed since it was read.
            Look();
            error = changes.Wait();
            if (error != Errno.None)
            {
                logger.ProfileNotWatched(profile.Path, error.ToString());
                return;
            }
        }
    }

    private void Look()
    {
        try
        {
            Profile now = profile.ReadAgain();
            if (refusal is null && now.Content.AsSpan().SequenceEqual(known))
            {
                return;
            }

            SettingsChange change = live.Take(read(now), profile.Path);
            known = now.Content;
            refusal = null;
            Tell(change);
        }
#pragma warning disable CA1031 // Whatever it is, the settings from before stay.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            string said = failure is SettingsException ? failure.Message : $"{failure.GetType().Name}: {failure.Message}".OneLine();
            if (said != refusal)
            {
                refusal = said;
                logger.ProfileRefused(said);
            }
        }
    }

    private void Tell(SettingsChange change)
    {
        if (change.TakenOver.Count > 0)
        {
            logger.ProfileTakenOver(profile.Path, string.Join("; ", change.TakenOver));
            live.Warn();
        }

        if (change.NeedRestart.Count > 0)
        {
            logger.ProfileNeedsRestart(profile.Path, string.Join(", ", change.NeedRestart));
        }

        if (change.TakenOver.Count == 0 && change.NeedRestart.Count == 0)
        {
            logger.ProfileUnchanged(profile.Path);
        }
    }
}
