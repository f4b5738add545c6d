# %% [markdown]
# # One timestep at a time
#
# **←** **→** step through time, **↑** **↓** choose a unit, **space** plays. *Backward* shows how the gradient flows
# from the last step to the first.

# %%
from rnnedu.widget import StepPlayer

StepPlayer(cell="lstm", units=4, series="sunspots", length=30)
