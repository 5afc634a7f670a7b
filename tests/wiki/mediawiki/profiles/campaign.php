<?php
$wgStepTestForms[] = 'campaign';
