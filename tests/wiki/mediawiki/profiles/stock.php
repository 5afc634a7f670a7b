<?php
// Nothing beyond LocalSettings.php.
